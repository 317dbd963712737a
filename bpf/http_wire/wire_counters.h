/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* The counters of exchange.h, for TRACER_COUNTERS: include this before anything else. */
#pragma once

#define HTTP_WIRE_COUNTERS \
	COUNT_UNFOLLOWED, /* requests or responses in an order that could not be followed: the connection is left alone */ \
	COUNT_UNREADABLE, /* bytes went over in a way that does not show them (sendfile, io_uring) where a head was expected */
