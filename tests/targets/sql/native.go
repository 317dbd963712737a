//go:build pgx4 || pgx5

package main

import (
	"context"
	"errors"
	"strings"
)

// native is pgx's own interface, on a connection or on a pool; pgx4.go and pgx5.go say which version's.
type native struct {
	nativeQuerier
	// single is nil on a pool, which cannot prepare.
	single *pgxConn
	on     interface {
		pgxQuerier
		bulk
		Begin(ctx context.Context) (pgxTx, error)
	}
}

// bulk is what only pgx's own interface has.
type bulk interface {
	SendBatch(ctx context.Context, batch *pgxBatch) pgxBatchResults
	CopyFrom(ctx context.Context, table pgxIdentifier, columns []string, rows pgxSource) (int64, error)
}

type pgxQuerier interface {
	Query(ctx context.Context, text string, args ...interface{}) (pgxRows, error)
	QueryRow(ctx context.Context, text string, args ...interface{}) pgxRow
	Exec(ctx context.Context, text string, args ...interface{}) (pgxTag, error)
}

func nativeConnection(source string, _ int) (session, error) {
	connection, err := connect(context.Background(), source)
	return native{nativeQuerier{connection}, connection, connection}, err
}

func nativePool(source string, connections int) (session, error) {
	pool, err := connectPool(context.Background(), source, int32(connections))
	return native{nativeQuerier{pool}, nil, pool}, err
}

func init() {
	actions["batch"] = func(ctx context.Context, database session, c command, r *result) (err error) {
		r.Affected, err = database.(native).batch(ctx, c.Statements)
		return
	}
	actions["copy"] = func(ctx context.Context, database session, c command, r *result) (err error) {
		r.Affected, err = database.(native).copy(ctx, strings.Split(c.SQL, "."), c.Args)
		return
	}
}

// batch sends the statements at once and reads all answers.
func (n native) batch(ctx context.Context, statements []string) (affected int64, err error) {
	batch := &pgxBatch{}
	for _, statement := range statements {
		batch.Queue(statement)
	}
	results := n.on.SendBatch(ctx, batch)
	for range statements {
		tag, failed := results.Exec()
		affected += tag.RowsAffected()
		if failed != nil && err == nil {
			err = failed
		}
	}
	if failed := results.Close(); err == nil {
		err = failed
	}
	return affected, err
}

// copy puts a row into the table whose first column is id.
func (n native) copy(ctx context.Context, table pgxIdentifier, ids []interface{}) (int64, error) {
	return n.on.CopyFrom(ctx, table, []string{"id"}, copyRows([][]interface{}{ids}))
}

func (n native) row(ctx context.Context, text string, args []interface{}) error {
	var first interface{}
	return n.on.QueryRow(ctx, text, args...).Scan(&first)
}

func (n native) prepare(ctx context.Context, text string) (prepared, error) {
	if n.single == nil {
		return nil, errors.New("a pool has no prepared statements")
	}
	const name = "prepared"
	_, err := n.single.Prepare(ctx, name, text)
	return nativeStatement{n, name}, err
}

func (n native) begin(ctx context.Context) (transaction, error) {
	tx, err := n.on.Begin(ctx)
	return nativeTransaction{nativeQuerier{tx}, tx}, err
}

type nativeQuerier struct{ on pgxQuerier }

func (q nativeQuerier) query(ctx context.Context, text string, args []interface{}) (int, error) {
	rows, err := q.on.Query(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n++
	}
	return n, rows.Err()
}

func (q nativeQuerier) exec(ctx context.Context, text string, args []interface{}) (int64, error) {
	tag, err := q.on.Exec(ctx, text, args...)
	return tag.RowsAffected(), err
}

// nativeStatement runs by its name.
type nativeStatement struct {
	session native
	name    string
}

func (s nativeStatement) query(ctx context.Context, args []interface{}) (int, error) {
	return s.session.query(ctx, s.name, args)
}

func (s nativeStatement) exec(ctx context.Context, args []interface{}) (int64, error) {
	return s.session.exec(ctx, s.name, args)
}

func (s nativeStatement) close(ctx context.Context) error {
	return s.session.single.Deallocate(ctx, s.name)
}

type nativeTransaction struct {
	nativeQuerier
	tx pgxTx
}

func (t nativeTransaction) commit(ctx context.Context) error   { return t.tx.Commit(ctx) }
func (t nativeTransaction) rollback(ctx context.Context) error { return t.tx.Rollback(ctx) }
