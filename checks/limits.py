"""Every limit of the analysis in one table, each said where it bites."""

from __future__ import annotations

# Files. A file over FILE_BYTES is not parsed and not diffed: up to STREAM_BYTES it is searched for
# the rules' needles as a stream, over that it is reported as not analysed.
FILE_BYTES = 1_000_000
STREAM_BYTES = 20_000_000

# Reading one file in a worker process: what takes longer (or over 512 MiB) is not analysed.
FILE_SECONDS = 5.0
FILE_MEMORY_BYTES = 512 << 20

# The change. With more changed paths than this nothing is analysed, and the check fails.
CHANGED_ENTRIES = 50_000

# All that rules flag in a change, both sides, or in a tree: 16 files of 1 MB of forbidden imports
# took 2 GB. Nothing is looked into beyond it, and the check fails.
FLAGS = 100_000

# All that is read of the files of a change, in imports, definitions and calls: about 1 GB. Of files
# beyond it nothing is read, and the check fails. So many bytes of them are in memory at a time.
CHANGED_FACTS = 1_000_000
CONTENTS_BYTES = 32 << 20

# Suggestions. Each is proven by reading and compiling the edited file once more: so many are tried
# of a change, and of one file as many as come to so many bytes.
PROOFS = 100
PROOF_BYTES = 4_000_000

# Contents that one examination keeps at hand, because it asks of the same files more than once.
KEPT_BYTES = 16_000_000

# The search for import cycles ends after so many modules on each side; the summary then says so.
SEARCHED_MODULES = 2_000

# One review fetches blobs in so many batches; what would cost one more is not looked at.
FETCH_BATCHES = 3

# Renames: with more added or deleted Python files than this git finds only exact renames, because
# comparing contents is quadratic (1,000 x 1,000 dissimilar files: 2.9 s).
RENAME_CANDIDATES = 400

# Diffs: each file over FILE_BYTES is kept from git's diff by an argument of its own. With more of
# them than this there is neither rename nor hunk.
EXCLUDED_PATHS = 100

# One git call. Listings (diff, tree, sizes) are quick or hostile; contents and fetches may take
# longer. A nested tree of 1 kB makes git want 6.5 GB, so memory is refused by the system.
GIT_LISTING_SECONDS = 20.0
GIT_CONTENTS_SECONDS = 120.0
GIT_FETCH_SECONDS = 120.0
GIT_MEMORY_BYTES = 1 << 30
GIT_FILE_BYTES = 1 << 30
GIT_OUTPUT_BYTES = 256 << 20
# A diff costs about ten times its size while it is read; the largest real one has 13 MB. Beyond
# this there is neither rename nor hunk.
GIT_DIFF_BYTES = 32 << 20
# 50,000 changed paths are listed in about 9 MB.
GIT_CHANGES_BYTES = 64 << 20

# A mirror is made anew when it has more packs, is larger (and has grown so many times since its
# first fetch), or was not used for so long: git never drops anything from promisor packs.
MIRROR_PACKS = 200
MIRROR_BYTES = 500_000_000
MIRROR_GROWTH = 5
MIRROR_IDLE_SECONDS = 14 * 24 * 3600.0

# A waiver that reaches further than this into the future waives nothing: nobody would look again.
WAIVER_DAYS = 180

# One job. Nothing may outlive it: a mirror that was replaced is deleted only after this time.
JOB_SECONDS = 15 * 60.0
