"""The queue in PostgreSQL, on procrastinate: for as many processes and machines as there are.

procrastinate gives the table of jobs, one running job per lock, the worker with its heartbeat, and
the notifications. Whose turn it is, what supersedes what and how a job ends is decided here: it
knows no turns between installations, no shares, no delay of a whole installation, and no replacing
of what waits.
"""
