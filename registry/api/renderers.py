from rest_framework.renderers import JSONRenderer


class ContractJSONRenderer(JSONRenderer):
    """`application/json; charset=utf-8`, as the contract's answers say (api.md 1.3)."""

    charset = "utf-8"
