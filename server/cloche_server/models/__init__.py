"""Models: finding one, checking its files, loading it.

`errors`     one exception for everything that can be wrong with a model.
`local`      a model on disk, and what its directory must hold.
`fetch`      a name becomes a directory; the only place that may hold a hub token.
`load`       a directory becomes a model in memory; offline, one thread, none of its code run.
`quantised`  which quantised checkpoints become plain tensors, and what is checked of them.
`demo`       the 268M model of the demo, converted once and kept.

This package imports neither torch nor transformers until something is loaded.
"""
