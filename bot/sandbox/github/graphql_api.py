"""The GraphQL API: parses, checks limits, executes, and words errors as GitHub does."""

from __future__ import annotations

import functools
import json
from importlib.resources import files
from typing import TYPE_CHECKING, cast

from graphql import (
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationDefinitionNode,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from bot.sandbox.github import (
    graphql_checks,
    graphql_heads,
    graphql_mutations,
    graphql_pulls,
    graphql_reactions,
    graphql_repository,
)
from bot.sandbox.github.answers import Answer, RefusedError
from bot.sandbox.github.front import QUERY, Incoming, Served
from bot.sandbox.github.graphql_answers import (
    Context,
    QueryRefusedError,
    plain_field,
    snake_case,
    type_name,
)
from bot.sandbox.github.graphql_cost import check_node_count
from bot.sandbox.github.viewer import authenticate

if TYPE_CHECKING:
    from graphql import DocumentNode, ExecutionResult

    from bot.sandbox.github.state import State

MAX_NODES = 500_000
_RESOLVERS = (
    graphql_repository.RESOLVERS,
    graphql_checks.RESOLVERS,
    graphql_heads.RESOLVERS,
    graphql_pulls.RESOLVERS,
    graphql_reactions.RESOLVERS,
    graphql_mutations.RESOLVERS,
)


@functools.cache
def schema() -> GraphQLSchema:
    """Build the schema and put the resolvers into it, once a process."""
    text = (files(__package__) / "schema.graphql").read_text(encoding="utf-8")
    built = build_schema(text)
    for resolvers in _RESOLVERS:
        for name, fields in resolvers.items():
            owner = cast("GraphQLObjectType", built.type_map[name])
            for field_name, resolver in fields.items():
                owner.fields[field_name].resolve = resolver
    for named in built.type_map.values():
        if isinstance(named, GraphQLInterfaceType | GraphQLUnionType):
            named.resolve_type = type_name
        _use_snake_case(named)
    return built


def _use_snake_case(named: object) -> None:
    if isinstance(named, GraphQLInputObjectType):
        for name, field in named.fields.items():
            field.out_name = snake_case(name)
    elif isinstance(named, GraphQLObjectType) and not named.name.startswith("__"):
        for output in named.fields.values():
            for name, argument in output.args.items():
                argument.out_name = snake_case(name)


class GraphqlApi:
    """Answers GraphQL requests from the state."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._schema = schema()

    def respond(self, incoming: Incoming) -> Served:
        """Answer one request; errors of the query itself come with status 200."""
        try:
            viewer = authenticate(self._state, incoming.headers.get("Authorization"))
            if incoming.method != "POST" or viewer.token is None:
                raise RefusedError(404 if incoming.method != "POST" else 401, "Not Found")
            body = _decoded(incoming.body)
        except RefusedError as refused:
            return Served(refused.answer())
        result = self._execute(body, Context(self._state, viewer))
        return Served(Answer(200, result), _operation(str(body["query"])), viewer)

    def _execute(self, body: dict[str, object], context: Context) -> dict[str, object]:
        variables = cast("dict[str, object]", body.get("variables") or {})
        try:
            document = parse(str(body["query"]))
            _check(self._schema, document, variables)
        except GraphQLError as error:
            return {"errors": [_error_json(error)]}
        except _InvalidQueryError as invalid:
            return {"errors": [_error_json(error) for error in invalid.errors]}
        result = execute_sync(
            self._schema,
            document,
            context_value=context,
            variable_values=variables,
            operation_name=cast("str | None", body.get("operationName")),
            field_resolver=plain_field,
        )
        return _result_json(result)


def _operation(text: str) -> str:
    """Name a request for the log; what does not parse asks for nothing."""
    try:
        definitions = parse(text).definitions
    except GraphQLError:
        return QUERY
    asked = next(d for d in definitions if isinstance(d, OperationDefinitionNode))
    name = f" {asked.name.value}" if asked.name else ""
    return f"{asked.operation.value}{name}"


class _InvalidQueryError(Exception):
    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors[0].message)
        self.errors = errors


def _check(schema_: GraphQLSchema, document: DocumentNode, variables: dict[str, object]) -> None:
    errors = validate(schema_, document)
    if errors:
        raise _InvalidQueryError(errors)
    check_node_count(document, variables, limit=MAX_NODES)


def _decoded(body: bytes) -> dict[str, object]:
    try:
        decoded = json.loads(body)
    except ValueError as error:
        raise RefusedError(400, "Problems parsing JSON") from error
    if not isinstance(decoded, dict) or not isinstance(decoded.get("query"), str):
        raise RefusedError(400, "A query attribute must be specified and must be a string.")
    return decoded


def _result_json(result: ExecutionResult) -> dict[str, object]:
    if result.data is None and result.errors and not any(e.path for e in result.errors):
        return {"errors": [_error_json(error) for error in result.errors]}
    answer: dict[str, object] = {"data": result.data}
    if result.errors:
        answer["errors"] = [_error_json(error) for error in result.errors]
    return answer


def _error_json(error: GraphQLError) -> dict[str, object]:
    rendered: dict[str, object] = {"message": error.message}
    if isinstance(error.original_error, QueryRefusedError):
        rendered["type"] = error.original_error.type
    if error.path:
        rendered["path"] = list(error.path)
    if error.locations:
        rendered["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    return rendered
