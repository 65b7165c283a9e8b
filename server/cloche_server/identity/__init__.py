"""Know who calls: tokens, tenants, certificates, and what each of them may."""
