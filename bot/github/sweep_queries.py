"""The GraphQL of a sweep: open heads with what stands and is said there; numbers alone."""

from __future__ import annotations

from bot.github.comment_queries import ENDINGS_FRAGMENT, REMARK_FRAGMENT

# 25 pull requests a page and 10 closed ones, 20 comments each: 7,600 nodes of the 500,000 allowed
# and 23 points of the 5,000 an hour, most of them for two kinds of reactions to each comment.
# https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
OPEN_HEADS = (
    """
query OpenHeads(
  $owner: String!, $name: String!, $after: String,
  $config: String!, $app: Int!, $check: String!
) {
  repository(owner: $owner, name: $name) {
    databaseId
    nameWithOwner
    closed: pullRequests(
      first: 10, states: [CLOSED, MERGED], orderBy: {field: UPDATED_AT, direction: DESC}
    ) {
      nodes {
        number
        earlier: commits(last: 2) { nodes { commit { ...OurRuns } } }
        ...Said
        ...ForcedAway
      }
    }
    defaultBranchRef { target { ... on Commit { config: file(path: $config) { oid } } } }
    pullRequests(first: 25, after: $after, states: [OPEN]) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number
        headRefOid
        baseRef { target { ... on Commit { config: file(path: $config) { oid } } } }
        ...Said
        earlier: commits(last: 3) {
          nodes {
            commit {
              config: file(path: $config) { oid }
              ...OurRuns
            }
          }
        }
        ...ForcedAway
        ...Changed
      }
    }
  }
}
fragment OurRuns on Commit {
  oid
  checkSuites(first: 2, filterBy: {appId: $app, checkName: $check}) {
    nodes {
      app { databaseId }
      checkRuns(last: 10, filterBy: {checkName: $check, checkType: ALL}) {
        nodes { databaseId externalId status conclusion title startedAt }
      }
    }
  }
}
fragment ForcedAway on PullRequest {
  forced: timelineItems(last: 2, itemTypes: [HEAD_REF_FORCE_PUSHED_EVENT]) {
    nodes {
      ... on HeadRefForcePushedEvent {
        beforeCommit { history(first: 2) { nodes { ...OurRuns } } }
      }
    }
  }
}
fragment Changed on PullRequest {
  changed: timelineItems(
    last: 1, itemTypes: [BASE_REF_CHANGED_EVENT, COMMENT_DELETED_EVENT, READY_FOR_REVIEW_EVENT]
  ) {
    nodes {
      ... on BaseRefChangedEvent { createdAt }
      ... on CommentDeletedEvent { createdAt }
      ... on ReadyForReviewEvent { createdAt }
    }
  }
}
fragment Said on PullRequest {
  comments(last: 20) { nodes { ...Remark createdAt ...Endings } }
}
"""
    + REMARK_FRAGMENT
    + ENDINGS_FRAGMENT
)

OPEN_NUMBERS = """
query OpenNumbers(
  $owner: String!, $name: String!, $after: String, $branch: String, $config: String!
) {
  repository(owner: $owner, name: $name) {
    databaseId
    pullRequests(first: 100, after: $after, states: [OPEN], baseRefName: $branch) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number
        baseRef { target { ... on Commit { config: file(path: $config) { oid } } } }
      }
    }
  }
}
"""
