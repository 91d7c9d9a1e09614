"""The GraphQL that reads a pull request, and the one mutation that folds a comment."""

from __future__ import annotations

HEAD_FRAGMENT = """
fragment Head on Commit {
  oid
  config: file(path: $config) { object { ... on Blob { oid text } } }
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

THREADS_FRAGMENT = """
fragment Threads on PullRequest {
  reviewThreads(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      comments(first: 1) {
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

REMARK_FRAGMENT = """
fragment Remark on IssueComment {
  databaseId
  fullDatabaseId
  author { login ... on User { databaseId } }
  editor { login }
  body
  viewerDidAuthor
}
"""

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
  $config: String!, $app: Int!, $check: String!, $after: String, $before: String
) {
  repository(owner: $owner, name: $name) {
    databaseId
    nameWithOwner
    defaultBranchRef {
      name
      target { ... on Commit { config: file(path: $config) { oid } } }
    }
    pullRequest(number: $number) {
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
      ...Reviews
      ...Threads
      ...Conversation
    }
  }
}
fragment File on Blob { oid text }
"""
    + HEAD_FRAGMENT
    + REVIEWS_FRAGMENT
    + THREADS_FRAGMENT
    + CONVERSATION_FRAGMENT
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

POSITION = """
query Position($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      headRefOid
      baseRefOid
      baseRef { target { oid } }
    }
  }
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

COMMIT = """
mutation Commit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}
"""

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
