//go:build pgx5

package main

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	_ "github.com/jackc/pgx/v5/stdlib"
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
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	return pool, pool.Ping(ctx)
}

func init() {
	drivers["pgx5"], drivers["pgx5-conn"], drivers["pgx5-pool"] = standard("pgx"), nativeConnection, nativePool
}
