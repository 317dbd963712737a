/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* What is told of a call. */
#pragma once
#include <beyla/go.h>

enum { SQL_CALL = 1 }; /* event_header.kind */

/* What was called. Matches SqlCallKind. */
enum sql_kind {
	SQL_STATEMENT = 1, /* queryDC, execDC */
	SQL_PREPARED,      /* a run of a prepared statement */
	SQL_PREPARE,
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_PGX4, /* pgx's own Query and Exec */
	SQL_PGX5,
	SQL_PGX4_BATCH, /* SendBatch, until its results are closed */
	SQL_PGX5_BATCH,
	SQL_PGX4_COPY, /* CopyFrom; the text is the table's name */
	SQL_PGX5_COPY,
};

/* Matches SqlDriver. */
enum sql_driver { DRIVER_UNKNOWN, DRIVER_PQ, DRIVER_MYSQL, DRIVER_SQLITE3, DRIVER_MODERNC, DRIVER_PGX4, DRIVER_PGX5, DRIVER_MSSQL };

/* Matches SqlErrorKind. */
enum sql_error {
	ERROR_NONE,
	ERROR_OTHER,
	ERROR_CODE,     /* error_text is the server's code */
	ERROR_NUMBER,   /* error_number is the server's code */
	ERROR_MESSAGE,  /* error_text is the text of an errors.errorString: one of the few constants that tell a class, or anything else */
	ERROR_DEADLINE, /* context.DeadlineExceeded */
	ERROR_NETWORK,  /* net.OpError */
};

enum { TEXT_SMALL = 256, TEXT_MEDIUM = 1024, TEXT_LARGE = 4096, ERROR_TEXT_MAX = 41, ADDRESS_MAX = 79, DATABASE_MAX = 63 };

/*
 * One call. Matches SqlCallEvent in SqlCallEvent.cs field by field (checked at load). The text may go on behind the struct: records come in
 * three sizes, so that short statements stay cheap.
 */
struct sql_call_event {
	struct event_header header;
	u64 text_length; /* of the statement; what was copied is text_copied */
	u32 error_number;
	u32 batch_size;  /* statements in a batch */
	u16 text_copied;
	u16 port;        /* 0: not known, or part of the address */
	u8 call;         /* enum sql_kind */
	u8 driver;       /* enum sql_driver */
	u8 error;        /* enum sql_error */
	u8 error_length;
	u8 address_length;
	u8 database_length;
	char error_text[ERROR_TEXT_MAX + 1];
	char address[ADDRESS_MAX + 1];
	char database[DATABASE_MAX + 1];
	u8 unused[4];
	char text[TEXT_SMALL];
};
EVENT_STRUCT(sql_call_event);
