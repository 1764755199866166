"""``ttdw doctor``: what stands between this machine and a job that succeeds, each finding with what to do about it."""
