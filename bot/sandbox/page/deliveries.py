"""What the App was told: webhook deliveries, as the settings of an App list them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.sandbox.github.state import iso
from bot.sandbox.page.shapes import DeliveryPage

if TYPE_CHECKING:
    from bot.sandbox.github.records import Delivery
    from bot.sandbox.github.state import State

LISTED = 100


def deliveries(state: State) -> list[DeliveryPage]:
    """List the newest deliveries, newest first."""
    newest = sorted(state.deliveries.values(), key=lambda one: -one.id)[:LISTED]
    return [_delivery(each) for each in newest]


def delivery_page(delivery: Delivery) -> DeliveryPage:
    """Show a delivery with all that was sent and answered."""
    return replace(
        _delivery(delivery),
        headers=tuple(delivery.request_headers.items()),
        payload=json.dumps(json.loads(delivery.body), indent=2, ensure_ascii=False),
        response=delivery.response_body,
    )


def _delivery(delivery: Delivery) -> DeliveryPage:
    action = f".{delivery.action}" if delivery.action else ""
    code = f" ({delivery.status_code})" if delivery.status_code else ""
    return DeliveryPage(
        id=delivery.id,
        when=iso(delivery.delivered_at),
        event=delivery.event + action,
        status=delivery.status + code,
        succeeded=delivery.succeeded,
        redelivery=delivery.redelivery,
        seconds=delivery.duration_seconds,
    )
