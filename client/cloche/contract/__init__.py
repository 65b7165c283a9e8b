"""Hold what client and server share: settings, errors, names. Imports neither gRPC nor torch."""
