"""
What the syntax tree of a user's SELECT may be made of, in the names of DuckDB's own parser.
"""

QUERY_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "CTE_NODE"})
TABLE_NODES = frozenset(
    {"BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EMPTY", "EXPRESSION_LIST"}
)
MODIFIERS = frozenset(
    {
        "ORDER_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "DISTINCT_MODIFIER",
        "ORDER_DEFAULT", "ASCENDING", "DESCENDING",
    }
)  # fmt: skip
EXPRESSIONS = frozenset(
    {
        "BETWEEN", "CASE", "CAST", "COLLATE", "COLUMN_REF", "COMPARISON", "CONJUNCTION",
        "CONSTANT", "FUNCTION", "LAMBDA", "LAMBDA_REF", "OPERATOR", "PARAMETER",
        "POSITIONAL_REFERENCE", "STAR", "SUBQUERY", "TYPE", "WINDOW",
    }
)  # fmt: skip
TYPES = frozenset(
    {
        "bigint", "bool", "boolean", "blob", "bytea", "char", "date", "datetime", "dec", "decimal",
        "double", "float", "float4", "float8", "hugeint", "int", "int1", "int2", "int4", "int8",
        "integer", "interval", "json", "list", "logical", "long", "map", "numeric", "real",
        "short", "signed", "smallint", "string", "struct", "text", "time", "timestamp",
        "timestamp_ms", "timestamp_ns", "timestamp_s", "timestamptz", "timestamp with time zone",
        "tinyint", "ubigint", "uhugeint", "uinteger", "usmallint", "utinyint", "uuid", "varchar",
    }
)  # fmt: skip
