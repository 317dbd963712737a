package main

import "context"

// querier runs statements: a database, a connection or a transaction.
type querier interface {
	// query counts the rows.
	query(ctx context.Context, sql string, args []interface{}) (int, error)
	// exec tells how many rows were affected.
	exec(ctx context.Context, sql string, args []interface{}) (int64, error)
}

// session is an open database.
type session interface {
	querier
	// row asks for one row and reads its first column.
	row(ctx context.Context, sql string, args []interface{}) error
	prepare(ctx context.Context, sql string) (prepared, error)
	begin(ctx context.Context) (transaction, error)
}

type prepared interface {
	query(ctx context.Context, args []interface{}) (int, error)
	exec(ctx context.Context, args []interface{}) (int64, error)
	close(ctx context.Context) error
}

type transaction interface {
	querier
	commit(ctx context.Context) error
	rollback(ctx context.Context) error
}

type action func(ctx context.Context, database session, c command, r *result) error

var actions = map[string]action{
	"query": func(ctx context.Context, database session, c command, r *result) (err error) {
		r.Rows, err = database.query(ctx, c.SQL, c.Args)
		return
	},
	"exec": func(ctx context.Context, database session, c command, r *result) (err error) {
		r.Affected, err = database.exec(ctx, c.SQL, c.Args)
		return
	},
	"row": func(ctx context.Context, database session, c command, r *result) error {
		err := database.row(ctx, c.SQL, c.Args)
		if err == nil {
			r.Rows = 1
		}
		return err
	},
	"prepared-query": func(ctx context.Context, database session, c command, r *result) error {
		return c.prepared(ctx, database, func(statement prepared) error {
			rows, err := statement.query(ctx, c.Args)
			r.Rows += rows
			return err
		})
	},
	"prepared-exec": func(ctx context.Context, database session, c command, r *result) error {
		return c.prepared(ctx, database, func(statement prepared) error {
			affected, err := statement.exec(ctx, c.Args)
			r.Affected += affected
			return err
		})
	},
	"tx": func(ctx context.Context, database session, c command, r *result) error {
		tx, err := database.begin(ctx)
		if err != nil {
			return err
		}
		for _, statement := range c.Statements {
			affected, err := tx.exec(ctx, statement, nil)
			r.Affected += affected
			if err != nil {
				tx.rollback(ctx)
				return err
			}
		}
		if c.SQL != "" {
			if r.Rows, err = tx.query(ctx, c.SQL, c.Args); err != nil {
				tx.rollback(ctx)
				return err
			}
		}
		if c.End == "rollback" {
			return tx.rollback(ctx)
		}
		return tx.commit(ctx)
	},
}

// prepared prepares the statement, runs it as often as asked and closes it.
func (c command) prepared(ctx context.Context, database session, run func(prepared) error) error {
	statement, err := database.prepare(ctx, c.SQL)
	if err != nil {
		return err
	}
	defer statement.close(ctx)
	for i := 0; i < c.Times || i == 0; i++ {
		if err := run(statement); err != nil {
			return err
		}
	}
	return nil
}
