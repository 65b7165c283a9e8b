"""The seam between who owns the weights and how a sandbox gets them.

A backend has three parts: an owner that holds the weights where nobody can write to them, what each
new sandbox does to have them, and what looks whether they are still as they were loaded.

`cpu_fork`: the zygote owns them, and a fork inherits its private mapping. `cpu_handles`: a loader
process puts them into memory files and ends; the zygote keeps descriptors and a model without
weights, and each sandbox maps the files read-only and lays torch's copy-on-write storages over
them. A fork cannot inherit what lies on another device (a CUDA context does not survive one), so
that second way is also a GPU's: `docs/gpu.md`.
"""
