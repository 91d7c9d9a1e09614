"""The GraphQL that reads a pull request, and the mutations that fold and unfold a comment."""

from __future__ import annotations

HEAD_FRAGMENT = """
fragment Head on Commit {
  oid
  message
  config: file(path: $config) { object { ... on Blob { oid text } } }
  ...Runs
}
fragment Runs on Commit {
  checkSuites(first: 10, filterBy: {appId: $app, checkName: $check}) {
    nodes {
      app { databaseId }
      checkRuns(last: 50, filterBy: {checkName: $check, checkType: ALL}) {
        nodes { databaseId status externalId annotations(first: 1) { totalCount } }
      }
    }
  }
}
"""

# A fork's commits may tell of no pull request, its branch does.
SIBLINGS_FRAGMENT = """
fragment Siblings on PullRequest {
  headRef { associatedPullRequests(first: 20, states: [OPEN]) { nodes { ...Sibling } } }
  tip: commits(last: 1) {
    nodes { commit { associatedPullRequests(first: 20) { nodes { ...Sibling } } } }
  }
}
fragment Sibling on PullRequest {
  number state headRefOid baseRepository { databaseId }
}
"""

THREADS_FRAGMENT = """
fragment Threads on PullRequest {
  reviewThreads(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      isResolved
      comments(first: 1) {
        totalCount
        nodes {
          id databaseId fullDatabaseId path line originalLine body isMinimized viewerDidAuthor
        }
      }
    }
  }
}
"""

REVIEWS_FRAGMENT = """
fragment Reviews on PullRequest {
  reviews(first: 100, after: $after, states: [COMMENTED]) {
    pageInfo { hasNextPage endCursor }
    nodes { viewerDidAuthor body }
  }
}
"""

LINKS_FRAGMENT = """
fragment Links on PullRequest {
  title
  body
  headRefName
  closingIssuesReferences(first: 10) { nodes { number repository { databaseId } } }
  spoken: commits(last: 20) { nodes { commit { message } } }
}
"""

REMARK_FRAGMENT = """
fragment Remark on IssueComment {
  databaseId
  fullDatabaseId
  author { login ... on User { databaseId } }
  editor { login ... on User { databaseId } }
  lastEditedAt
  body
  viewerDidAuthor
}
"""

EDITS_FRAGMENT = """
fragment Edits on Issue {
  userContentEdits(first: 5) { nodes { id editedAt diff editor { __typename login } } }
}
"""

TRACKER_FRAGMENT = (
    """
fragment Tracker on Issue {
  number
  body
  state
  locked
  author { __typename login }
  ...Edits
}
"""
    + EDITS_FRAGMENT
)

# The reactions that end an answer; `eyes` ends nothing.
ENDINGS_FRAGMENT = """
fragment Endings on IssueComment {
  done: reactions(first: 1, content: THUMBS_UP) { viewerHasReacted }
  confused: reactions(first: 1, content: CONFUSED) { viewerHasReacted }
}
"""

ENDINGS = (
    """
query Endings($id: ID!) { node(id: $id) { ...Endings } }
"""
    + ENDINGS_FRAGMENT
)

CONVERSATION_FRAGMENT = (
    """
fragment Conversation on PullRequest {
  comments(last: 100, before: $before) {
    pageInfo { hasPreviousPage startCursor }
    nodes { ...Remark }
  }
}
"""
    + REMARK_FRAGMENT
)

PULL = (
    """
query Pull(
  $owner: String!, $name: String!, $number: Int!,
  $config: String!, $app: Int!, $check: String!, $after: String, $before: String,
  $left: GitObjectID, $moved: Boolean!
) {
  repository(owner: $owner, name: $name) {
    databaseId
    nameWithOwner
    left: object(oid: $left) @include(if: $moved) {
      ... on Commit { associatedPullRequests(first: 20) { nodes { ...Sibling } } }
    }
    defaultBranchRef {
      name
      target { ... on Commit { config: file(path: $config) { oid } } }
    }
    pullRequest(number: $number) {
      number
      title
      state
      isDraft
      author { login ... on User { databaseId } }
      headRefOid
      headRefName
      baseRefOid
      baseRefName
      isCrossRepository
      headRepository { databaseId }
      baseRef {
        target { ... on Commit { oid config: file(path: $config) { object { ...File } } } }
      }
      commits(last: 1) { nodes { commit { ...Head } } }
      earlier: commits(last: 5) { nodes { commit { oid ...Runs } } }
      ...Siblings
      ...Reviews
      ...Threads
      ...Conversation
      ...Links
    }
  }
}
fragment File on Blob { oid text }
"""
    + HEAD_FRAGMENT
    + SIBLINGS_FRAGMENT
    + REVIEWS_FRAGMENT
    + THREADS_FRAGMENT
    + CONVERSATION_FRAGMENT
    + LINKS_FRAGMENT
)

MORE_REVIEWS = (
    """
query Reviews($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { ...Reviews } }
}
"""
    + REVIEWS_FRAGMENT
)

MORE_THREADS = (
    """
query Threads($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { ...Threads } }
}
"""
    + THREADS_FRAGMENT
)

MORE_COMMENTS = (
    """
query Comments($owner: String!, $name: String!, $number: Int!, $before: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { ...Conversation } }
}
"""
    + CONVERSATION_FRAGMENT
)

HEAD = (
    """
query Head(
  $owner: String!, $name: String!, $oid: GitObjectID!,
  $config: String!, $app: Int!, $check: String!
) {
  repository(owner: $owner, name: $name) { object(oid: $oid) { ...Head } }
}
"""
    + HEAD_FRAGMENT
)

MOMENT = (
    """
query Moment($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    databaseId
    pullRequest(number: $number) {
      number
      state
      isDraft
      headRefOid
      baseRefOid
      baseRef { target { oid } }
      ...Siblings
    }
  }
}
"""
    + SIBLINGS_FRAGMENT
)

THREAD = """
query Thread($id: ID!) {
  node(id: $id) {
    ... on PullRequestReviewThread { isResolved viewerCanResolve viewerCanUnresolve }
  }
}
"""

RESOLVE = """
mutation Resolve($id: ID!) {
  resolveReviewThread(input: {threadId: $id}) { clientMutationId }
}
"""

UNRESOLVE = """
mutation Unresolve($id: ID!) {
  unresolveReviewThread(input: {threadId: $id}) { clientMutationId }
}
"""

MINIMIZE = """
mutation Minimize($id: ID!) {
  minimizeComment(input: {subjectId: $id, classifier: RESOLVED}) { clientMutationId }
}
"""

UNMINIMIZE = """
mutation Unminimize($id: ID!) {
  unminimizeComment(input: {subjectId: $id}) { clientMutationId }
}
"""

GROUP = (
    """
query Group(
  $owner: String!, $name: String!, $head: GitObjectID!, $base: GitObjectID!,
  $config: String!, $app: Int!, $check: String!
) {
  repository(owner: $owner, name: $name) {
    databaseId
    nameWithOwner
    defaultBranchRef {
      name
      target { ... on Commit { config: file(path: $config) { oid } } }
    }
    base: object(oid: $base) {
      ... on Commit { oid config: file(path: $config) { object { ... on Blob { oid text } } } }
    }
    head: object(oid: $head) { ...Head }
  }
}
"""
    + HEAD_FRAGMENT
)

# 50 pull requests with 20 commits and 10 issues each: 1,550 nodes of the 500,000 allowed.
TIP = (
    """
query Tip($owner: String!, $name: String!, $config: String!) {
  repository(owner: $owner, name: $name) {
    databaseId
    nameWithOwner
    defaultBranchRef {
      name
      target {
        ... on Commit { oid config: file(path: $config) { object { ... on Blob { oid text } } } }
      }
    }
    pullRequests(
      first: 50, states: [MERGED], orderBy: {field: UPDATED_AT, direction: DESC}
    ) {
      nodes {
        number
        mergedAt
        ...Links
      }
    }
  }
}
"""
    + LINKS_FRAGMENT
)

SPOKEN = """
query Spoken($owner: String!, $name: String!, $number: Int!, $app: Int!, $check: String!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      commits(last: 1) {
        nodes {
          commit {
            checkSuites(first: 1, filterBy: {appId: $app, checkName: $check}) { totalCount }
          }
        }
      }
    }
  }
}
"""

HEAD_OF_PULL = """
query HeadOfPull($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { headRefOid } }
}
"""

COMMIT = """
mutation Commit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}
"""

TRACKED = (
    """
query Tracked($owner: String!, $name: String!, $number: Int!, $before: String) {
  repository(owner: $owner, name: $name) {
    databaseId
    nameWithOwner
    issue(number: $number) {
      ...Tracker
      comments(last: 100, before: $before) {
        pageInfo { hasPreviousPage startCursor }
        nodes { ...Remark }
      }
    }
  }
}
"""
    + TRACKER_FRAGMENT
    + REMARK_FRAGMENT
)

EDITS = (
    """
query Edits($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { issue(number: $number) { ...Edits } }
}
"""
    + EDITS_FRAGMENT
)

ISSUE = (
    """
query Issue($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    issue(number: $number) { comments(last: 100) { nodes { ...Remark } } }
  }
}
"""
    + REMARK_FRAGMENT
)
