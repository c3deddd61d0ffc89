"""Background work: the runner of job rows, the handlers by kind, the schedule under a lease."""
