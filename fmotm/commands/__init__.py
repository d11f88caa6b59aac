"""The commands of `fmotm`, a module for each."""
