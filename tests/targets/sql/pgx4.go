//go:build pgx4

package main

import (
	"context"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
	_ "github.com/jackc/pgx/v4/stdlib"
)

type (
	pgxConn = pgx.Conn
	pgxRows = pgx.Rows
	pgxRow  = pgx.Row
	pgxTx   = pgx.Tx
	pgxTag  = pgconn.CommandTag

	pgxBatch        = pgx.Batch
	pgxBatchResults = pgx.BatchResults
	pgxIdentifier   = pgx.Identifier
	pgxSource       = pgx.CopyFromSource
)

var (
	connect  = pgx.Connect
	copyRows = pgx.CopyFromRows
)

func connectPool(ctx context.Context, source string, connections int32) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(source)
	if err != nil {
		return nil, err
	}
	config.MaxConns = connections
	return pgxpool.ConnectConfig(ctx, config)
}

func init() {
	drivers["pgx4"], drivers["pgx4-conn"], drivers["pgx4-pool"] = standard("pgx"), nativeConnection, nativePool
}
