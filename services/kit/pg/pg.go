// Package pg is the only door to Postgres: it opens the pools, runs every
// statement inside a transaction whose tenant and user are fixed, and makes
// databases, roles and schemas. Raw pools are not handed out; which rows a
// tenant sees is decided by row-level security, not by callers.
package pg

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.opentelemetry.io/otel/trace"

	"github.com/aval-access/aval/services/kit/config"
)

// ErrNoRows is what a query for one row answers when there is none.
var ErrNoRows = pgx.ErrNoRows

// Config says how a service reaches its database. AppURL is required.
type Config struct {
	// AppURL is of the role x_app, under row-level security.
	AppURL config.Secret
	// SystemURL is of the role x_system; without it InSystem is refused.
	SystemURL config.Secret
	// MaxConns bounds each pool; 10 if zero.
	MaxConns int32
	// Tracer records one span per statement; none if nil.
	Tracer trace.TracerProvider
}

const (
	defaultMaxConns   = 10
	appStatementLimit = 5 * time.Second
	// System work goes over all tenants: it may take longer than a request.
	systemStatementLimit = 30 * time.Second
)

// DB is a service's database. Safe for concurrent use.
type DB struct {
	app    *pgxpool.Pool
	system *pgxpool.Pool
	jobs   *pgxpool.Pool
	// dedicated is how connections outside the pools are made.
	dedicated *pgx.ConnConfig

	mu      sync.Mutex
	signals map[string]chan struct{}
}

// Open connects and asks once, so that a wrong URL shows at start.
func Open(ctx context.Context, c Config) (*DB, error) {
	if c.AppURL.Reveal() == "" {
		return nil, errors.New("opening database: no url given")
	}
	db := &DB{signals: map[string]chan struct{}{}}
	var err error
	if db.app, err = openPool(ctx, c, poolKind{url: c.AppURL.Reveal(), name: "app", limit: appStatementLimit}); err != nil {
		return nil, err
	}
	db.dedicated = db.app.Config().ConnConfig.Copy()
	if c.SystemURL.Reveal() == "" {
		return db, nil
	}
	kind := poolKind{url: c.SystemURL.Reveal(), name: "system", limit: systemStatementLimit}
	if db.system, err = openPool(ctx, c, kind); err != nil {
		db.Close()
		return nil, err
	}
	db.dedicated = db.system.Config().ConnConfig.Copy()
	kind.name, kind.volatile = "jobs", true
	if db.jobs, err = newPool(ctx, c, kind); err != nil { // connects once there is a queue
		db.Close()
		return nil, err
	}
	return db, nil
}

// Close waits until every transaction has ended.
func (d *DB) Close() {
	for _, pool := range []*pgxpool.Pool{d.jobs, d.system, d.app} {
		if pool != nil {
			pool.Close()
		}
	}
}

// Dedicated opens a connection of its own, for session advisory locks and
// LISTEN. It has no tenant; the caller closes it.
func (d *DB) Dedicated(ctx context.Context) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, d.dedicated.Copy())
	if err != nil {
		return nil, fmt.Errorf("opening dedicated connection: %w", err)
	}
	return conn, nil
}

// SystemPool is for a library that insists on a pool and keeps no tenant's data
// by tenant: the job queue, for its own tables. Its commits wait for no disk: who
// took or did a job may be forgotten with the machine, and the job is run again; a
// job itself is as durable as the transaction that inserted it. It answers nil
// without a SystemURL. Stores never use it.
func (d *DB) SystemPool() *pgxpool.Pool { return d.jobs }

type poolKind struct {
	url   string
	name  string
	limit time.Duration
	// volatile: what commits may be lost with the machine.
	volatile bool
}

// openPool asks once, so that a wrong URL shows.
func openPool(ctx context.Context, c Config, k poolKind) (*pgxpool.Pool, error) {
	pool, err := newPool(ctx, c, k)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("connecting %s pool: %w", k.name, err)
	}
	return pool, nil
}

func newPool(ctx context.Context, c Config, k poolKind) (*pgxpool.Pool, error) {
	pc, err := pgxpool.ParseConfig(k.url)
	if err != nil {
		// The parser's text would repeat the URL, password included.
		return nil, fmt.Errorf("parsing %s database url: malformed", k.name)
	}
	pc.MaxConns = c.MaxConns
	if pc.MaxConns == 0 {
		pc.MaxConns = defaultMaxConns
	}
	pc.MaxConnLifetimeJitter = time.Minute
	sessionParameters(pc.ConnConfig, k)
	if c.Tracer != nil {
		pc.ConnConfig.Tracer = otelpgx.NewTracer(otelpgx.WithTracerProvider(c.Tracer), otelpgx.WithDisableConnectionDetailsInAttributes())
	}
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("opening %s pool: %w", k.name, err)
	}
	return pool, nil
}

func sessionParameters(c *pgx.ConnConfig, k poolKind) {
	c.RuntimeParams["search_path"] = "public"
	c.RuntimeParams["timezone"] = "UTC"
	c.RuntimeParams["statement_timeout"] = fmt.Sprint(k.limit.Milliseconds())
	c.RuntimeParams["idle_in_transaction_session_timeout"] = "10000"
	c.RuntimeParams["lock_timeout"] = "2000"
	if k.volatile {
		c.RuntimeParams["synchronous_commit"] = "off"
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "aval-" + k.name
	}
}
