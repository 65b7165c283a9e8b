"""Who calls: tokens, tenants, certificates, and what each of them may."""
