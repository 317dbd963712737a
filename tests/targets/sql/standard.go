package main

import (
	"context"
	"database/sql"
)

// standard makes an open function for a driver of database/sql.
func standard(driver string) func(source string, connections int) (session, error) {
	return func(source string, connections int) (session, error) {
		database, err := sql.Open(driver, source)
		if err != nil {
			return nil, err
		}
		database.SetMaxOpenConns(connections)
		database.SetMaxIdleConns(connections)
		return standardSession{standardQuerier{database}, database}, database.Ping()
	}
}

type standardSession struct {
	standardQuerier
	database *sql.DB
}

func (s standardSession) row(ctx context.Context, text string, args []interface{}) error {
	var first interface{}
	return s.database.QueryRowContext(ctx, text, args...).Scan(&first)
}

func (s standardSession) prepare(ctx context.Context, text string) (prepared, error) {
	statement, err := s.database.PrepareContext(ctx, text)
	return standardStatement{statement}, err
}

func (s standardSession) begin(ctx context.Context) (transaction, error) {
	tx, err := s.database.BeginTx(ctx, nil)
	return standardTransaction{standardQuerier{tx}, tx}, err
}

type standardQuerier struct {
	on interface {
		QueryContext(ctx context.Context, text string, args ...interface{}) (*sql.Rows, error)
		ExecContext(ctx context.Context, text string, args ...interface{}) (sql.Result, error)
	}
}

func (q standardQuerier) query(ctx context.Context, text string, args []interface{}) (int, error) {
	return count(q.on.QueryContext(ctx, text, args...))
}

func (q standardQuerier) exec(ctx context.Context, text string, args []interface{}) (int64, error) {
	return affected(q.on.ExecContext(ctx, text, args...))
}

type standardStatement struct{ statement *sql.Stmt }

func (s standardStatement) query(ctx context.Context, args []interface{}) (int, error) {
	return count(s.statement.QueryContext(ctx, args...))
}

func (s standardStatement) exec(ctx context.Context, args []interface{}) (int64, error) {
	return affected(s.statement.ExecContext(ctx, args...))
}

func (s standardStatement) close(context.Context) error { return s.statement.Close() }

type standardTransaction struct {
	standardQuerier
	tx *sql.Tx
}

func (t standardTransaction) commit(context.Context) error   { return t.tx.Commit() }
func (t standardTransaction) rollback(context.Context) error { return t.tx.Rollback() }

func count(rows *sql.Rows, err error) (int, error) {
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

func affected(done sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}
