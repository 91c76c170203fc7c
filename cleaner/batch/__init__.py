"""Many files through one cleaner.

`one`: one after another in this process, to stdout or in place. `run`: into a folder, in parallel, with journal and
ledger (`folder`, `pool`, `work`). `back`: a finished run read again, and its originals rebuilt.
"""
