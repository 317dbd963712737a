/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Driver and server of a connection. */
#pragma once
#include "call_event.h"

static __always_inline u8 driver_of(const struct attachment *a, u64 itab)
{
	for (u32 i = 0; i <= SLOT_ITAB_MSSQL - SLOT_ITAB_PQ; i++)
		if (itab == a->slots[SLOT_ITAB_PQ + i])
			return DRIVER_PQ + i;
	return DRIVER_UNKNOWN;
}
_Static_assert(SLOT_ITAB_MSSQL - SLOT_ITAB_PQ == DRIVER_MSSQL - DRIVER_PQ, "itabs and drivers are in the same order");

/* Which fields hold a driver's idea of where its server is. */
struct config_slots {
	enum slot host, port, database;
};

/* Address, port and database from a configuration struct of Go. Cost: three user reads. */
static __always_inline void copy_server(struct sql_call_event *event, const struct attachment *a, u64 config, struct config_slots slots)
{
	struct go_window window;
	if (!slot_present(a, slots.host) || !go_window_read(&window, config, 128))
		return;
	event->port = slots.port == SLOTS ? 0 : go_window_word(&window, a->slots[slots.port] & ~7ULL) >> (a->slots[slots.port] & 7) * 8;
	event->address_length = go_copy(event->address, go_window_string(&window, a->slots[slots.host]), ADDRESS_MAX);
	event->database_length = go_copy(event->database, go_window_string(&window, a->slots[slots.database]), DATABASE_MAX);
}

__noinline int server_of_mysql(struct sql_call_event *event, const struct attachment *a, u64 conn)
{
	if (event && a && slot_present(a, SLOT_MYSQL_CONN_CFG))
		copy_server(event, a, go_read_word(conn + a->slots[SLOT_MYSQL_CONN_CFG]),
			    (struct config_slots){ SLOT_MYSQL_CONFIG_ADDR, SLOTS, SLOT_MYSQL_CONFIG_DB_NAME });
	return 0;
}

__noinline int server_of_pq(struct sql_call_event *event, const struct attachment *a, u64 conn)
{
	if (event && a && slot_present(a, SLOT_PQ_CONN_CFG))
		copy_server(event, a, conn + a->slots[SLOT_PQ_CONN_CFG],
			    (struct config_slots){ SLOT_PQ_CONFIG_HOST, SLOT_PQ_CONFIG_PORT, SLOT_PQ_CONFIG_DATABASE });
	return 0;
}

/* conn is pgx's own *Conn */
__noinline int server_of_pgx4(struct sql_call_event *event, const struct attachment *a, u64 conn)
{
	if (event && a && slot_present(a, SLOT_PGX4_CONN_CONFIG))
		copy_server(event, a, go_read_word(conn + a->slots[SLOT_PGX4_CONN_CONFIG]) + a->slots[SLOT_PGX4_CONFIG_CONFIG],
			    (struct config_slots){ SLOT_PGX4_CONFIG_HOST, SLOT_PGX4_CONFIG_PORT, SLOT_PGX4_CONFIG_DATABASE });
	return 0;
}

__noinline int server_of_pgx5(struct sql_call_event *event, const struct attachment *a, u64 conn)
{
	if (event && a && slot_present(a, SLOT_PGX5_CONN_CONFIG))
		copy_server(event, a, go_read_word(conn + a->slots[SLOT_PGX5_CONN_CONFIG]) + a->slots[SLOT_PGX5_CONFIG_CONFIG],
			    (struct config_slots){ SLOT_PGX5_CONFIG_HOST, SLOT_PGX5_CONFIG_PORT, SLOT_PGX5_CONFIG_DATABASE });
	return 0;
}

/* Driver and server of a connection. Cost: up to seven user reads. */
static __always_inline void describe_connection(struct sql_call_event *event, const struct attachment *a, u32 kind, u64 connection)
{
	u64 ci[2] = {}; /* driver.Conn: itab, data */
	if (kind == SQL_PGX4 || kind == SQL_PGX4_BATCH || kind == SQL_PGX4_COPY) {
		event->driver = DRIVER_PGX4;
		server_of_pgx4(event, a, connection);
		return;
	}
	if (kind == SQL_PGX5 || kind == SQL_PGX5_BATCH || kind == SQL_PGX5_COPY) {
		event->driver = DRIVER_PGX5;
		server_of_pgx5(event, a, connection);
		return;
	}
	bpf_probe_read_user(ci, sizeof(ci), (void *)(connection + a->slots[SLOT_DRIVER_CONN_CI]));
	event->driver = driver_of(a, ci[0]);
	switch (event->driver) {
	case DRIVER_MYSQL: server_of_mysql(event, a, ci[1]); break;
	case DRIVER_PQ: server_of_pq(event, a, ci[1]); break;
	case DRIVER_PGX4: server_of_pgx4(event, a, go_read_word(ci[1] + a->slots[SLOT_PGX4_STDLIB_CONN])); break;
	case DRIVER_PGX5: server_of_pgx5(event, a, go_read_word(ci[1] + a->slots[SLOT_PGX5_STDLIB_CONN])); break;
	}
}
