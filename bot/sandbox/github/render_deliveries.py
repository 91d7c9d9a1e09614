"""Webhook deliveries as REST shows them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.sandbox.github.state import iso

if TYPE_CHECKING:
    from bot.sandbox.github.records import Delivery

    Json = dict[str, object]


def delivery_item_json(delivery: Delivery) -> Json:
    """Render a delivery as the listing does; `id` exceeds 2^53."""
    return {
        "id": delivery.id,
        "guid": delivery.guid,
        "delivered_at": iso(delivery.delivered_at),
        "redelivery": delivery.redelivery,
        "duration": round(delivery.duration_seconds, 2),
        "status": delivery.status,
        "status_code": delivery.status_code,
        "event": delivery.event,
        "action": delivery.action,
        "installation_id": delivery.installation_id,
        "repository_id": delivery.repository_id,
        "throttled_at": None,
    }


def delivery_json(delivery: Delivery) -> Json:
    """Render a delivery with what was sent and what was answered."""
    return {
        **delivery_item_json(delivery),
        "url": "",
        "request": {
            "headers": dict(delivery.request_headers),
            "payload": json.loads(delivery.body),
        },
        "response": {"headers": {}, "payload": delivery.response_body},
    }
