"""One function per kind of job, told its ports."""
