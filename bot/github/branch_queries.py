"""The GraphQL that reads the default branch, and what was merged last."""

from __future__ import annotations

from bot.github.pull_queries import LINKS_FRAGMENT

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
