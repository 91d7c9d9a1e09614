"""The GraphQL that reads a pull request, and the mutations that fold and unfold a comment."""

from __future__ import annotations

HEAD_FRAGMENT = """
fragment Head on Commit {
  oid
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

PULL = (
    """
query Pull(
  $owner: String!, $name: String!, $number: Int!,
  $config: String!, $app: Int!, $check: String!, $after: String
) {
  repository(owner: $owner, name: $name) {
    databaseId
    nameWithOwner
    defaultBranchRef {
      name
      target { ... on Commit { config: file(path: $config) { oid } } }
    }
    pullRequest(number: $number) {
      number
      title
      state
      isDraft
      author { login }
      headRefOid
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
    }
  }
}
fragment File on Blob { oid text }
"""
    + HEAD_FRAGMENT
    + SIBLINGS_FRAGMENT
    + REVIEWS_FRAGMENT
    + THREADS_FRAGMENT
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

# 50 pull requests a page, three commits each: about 500 nodes of the 500,000 that are allowed.
OPEN_HEADS = """
query OpenHeads(
  $owner: String!, $name: String!, $after: String,
  $config: String!, $app: Int!, $check: String!
) {
  repository(owner: $owner, name: $name) {
    databaseId
    nameWithOwner
    defaultBranchRef { target { ... on Commit { config: file(path: $config) { oid } } } }
    pullRequests(first: 50, after: $after, states: [OPEN]) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number
        headRefOid
        baseRef { target { ... on Commit { config: file(path: $config) { oid } } } }
        commits(last: 3) {
          nodes {
            commit {
              oid
              config: file(path: $config) { oid }
              checkSuites(first: 2, filterBy: {appId: $app, checkName: $check}) {
                nodes {
                  app { databaseId }
                  checkRuns(last: 10, filterBy: {checkName: $check, checkType: ALL}) {
                    nodes { databaseId status conclusion title startedAt }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}
"""

OPEN_NUMBERS = """
query OpenNumbers($owner: String!, $name: String!, $after: String, $branch: String!) {
  repository(owner: $owner, name: $name) {
    databaseId
    pullRequests(first: 100, after: $after, states: [OPEN], baseRefName: $branch) {
      pageInfo { hasNextPage endCursor }
      nodes { number }
    }
  }
}
"""

HEAD_OF_PULL = """
query HeadOfPull($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { headRefOid } }
}
"""
