"""The GraphQL of comments: to read them, to fold them, to resolve the threads that they open."""

from __future__ import annotations

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
