"""The GraphQL that reads tracked issues: the text, its history, what was said below it."""

from __future__ import annotations

from bot.github.comment_queries import REMARK_FRAGMENT

EDITS_FRAGMENT = """
fragment Edits on Issue {
  userContentEdits(first: 5) { nodes { id editedAt diff editor { __typename login } } }
}
"""

# Who edited is read without the texts, for most edits of an issue may be ours.
TRACKER_FRAGMENT = (
    """
fragment Tracker on Issue {
  number
  title
  body
  state
  locked
  author { __typename login }
  editors: userContentEdits(first: 100) { nodes { editedAt editor { __typename login } } }
  ...Edits
}
"""
    + EDITS_FRAGMENT
)

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
