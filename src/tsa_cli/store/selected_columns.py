"""Which columns a SELECT gives, as far as its text says."""

Node = dict[str, object]  # of the engine's syntax tree

_MANY = frozenset({"unnest", "columns"})  # one expression of these may be several columns


def selected_columns(node: Node) -> frozenset[str] | None:
    """The names in lower case; None where a star, or what is no plain SELECT, may give others."""
    children = node.get("children")
    if node.get("type") == "SET_OPERATION_NODE" and isinstance(children, list) and children:
        # The first one names them; BY NAME the others do, too.
        found = [selected_columns(child) for child in children]
        told = [names for names in found if names is not None]
        return frozenset().union(*told) if len(told) == len(found) else None
    expressions = node.get("select_list")
    if node.get("type") != "SELECT_NODE" or not isinstance(expressions, list):
        return None
    if any(_may_be_many(expression) for expression in expressions):
        return None
    return frozenset(_name(expression) for expression in expressions)


def _may_be_many(expression: Node) -> bool:
    return expression.get("class") == "STAR" or expression.get("function_name") in _MANY


def _name(expression: Node) -> str:
    names = expression.get("column_names")
    last = names[-1] if isinstance(names, list) and names else ""
    return str(expression.get("alias") or last).lower()
