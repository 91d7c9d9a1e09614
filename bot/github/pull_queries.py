"""The GraphQL that reads a pull request or a group of the merge queue, and commits to a head."""

from __future__ import annotations

from bot.github.comment_queries import REMARK_FRAGMENT

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

# Thirty commits are asked for those, so no more than what decides.
LEFT_FRAGMENT = """
fragment Left on Commit {
  oid
  checkSuites(first: 3, filterBy: {appId: $app, checkName: $check}) {
    nodes {
      app { databaseId }
      checkRuns(last: 5, filterBy: {checkName: $check, checkType: ALL, status: IN_PROGRESS}) {
        nodes { databaseId status externalId }
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
      earlier: commits(last: 5) { nodes { commit { ...Left } } }
      forced: timelineItems(last: 5, itemTypes: [HEAD_REF_FORCE_PUSHED_EVENT]) {
        nodes {
          ... on HeadRefForcePushedEvent {
            beforeCommit { history(first: 5) { nodes { ...Left } } }
          }
        }
      }
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
    + LEFT_FRAGMENT
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
