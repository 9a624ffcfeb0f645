package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aval-access/aval/services/kit/pg"
)

// clocksApart is how far ahead another process may have counted. What was counted
// later than that was counted before the clock was set back: it holds up nobody
// until the clock has caught up.
const clocksApart = time.Minute

// Bucket holds Size tries at most and fills up again over Per.
type Bucket struct {
	Size int
	Per  time.Duration
}

func (b Bucket) interval() time.Duration { return b.Per / time.Duration(b.Size) }

// TakeFromBucket counts one try at now, unless the bucket is empty: one
// statement, so that of tries at once none is overlooked. It gives how long to
// wait; zero when the try was counted.
func TakeFromBucket(ctx context.Context, tx pg.Tx, key []byte, b Bucket, now time.Time) (time.Duration, error) {
	args := pgx.NamedArgs{"key": key, "now": now, "interval": b.interval(), "per": b.Per, "ahead": now.Add(clocksApart)}
	taken, err := pg.Exec(ctx, tx, pg.Statement{Doing: "counting a try", SQL: `
INSERT INTO attempt (key, tries, free_time, update_time)
VALUES (@key, 1, @now::timestamptz + @interval::interval, @now)
ON CONFLICT (key) DO UPDATE
SET tries = attempt.tries + 1,
    free_time = CASE WHEN attempt.update_time > @ahead THEN @now ELSE greatest(attempt.free_time, @now) END + @interval,
    update_time = @now
WHERE attempt.update_time > @ahead
   OR greatest(attempt.free_time, @now) + @interval <= @now::timestamptz + @per::interval`, Args: args})
	if err != nil || taken == 1 {
		return 0, err
	}
	free, err := freeTime(ctx, tx, key)
	return free.Add(b.interval() - b.Per).Sub(now), err
}

// ReturnToBucket takes one try back.
func ReturnToBucket(ctx context.Context, tx pg.Tx, key []byte, b Bucket) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "taking a try back", SQL: `
UPDATE attempt
SET tries = tries - 1,
    free_time = free_time - @interval::interval
WHERE key = @key
  AND tries > 0`, Args: pgx.NamedArgs{"key": key, "interval": b.interval()}})
	return err
}

// Backoff lets Free tries through, then one after 2 s, 4 s, 8 s and so on, at
// most Longest apart. After Forget without a try it begins anew.
type Backoff struct {
	Free            int
	Longest, Forget time.Duration
}

// maxDoublings keeps the power within what an interval holds.
const maxDoublings = 20

// CountBackoff counts one try at now, unless it came too early: one statement
// again. It gives how long to wait; zero when the try was counted.
func CountBackoff(ctx context.Context, tx pg.Tx, key []byte, b Backoff, now time.Time) (time.Duration, error) {
	taken, err := pg.Exec(ctx, tx, pg.Statement{Doing: "counting a try", SQL: `
INSERT INTO attempt (key, tries, free_time, update_time)
VALUES (@key, 1, @now, @now)
ON CONFLICT (key) DO UPDATE
SET tries = CASE WHEN attempt.update_time < @forgotten THEN 1 ELSE attempt.tries + 1 END,
    free_time = CASE
      WHEN attempt.update_time < @forgotten OR attempt.tries + 1 < @free THEN @now
      ELSE @now::timestamptz + least(make_interval(secs => power(2, least(attempt.tries + 2 - @free, @doublings))), @longest::interval)
    END,
    update_time = @now
WHERE attempt.free_time <= @now
   OR attempt.update_time > @ahead`, Args: pgx.NamedArgs{
		"key": key, "now": now, "ahead": now.Add(clocksApart), "forgotten": now.Add(-b.Forget), "free": b.Free, "longest": b.Longest, "doublings": maxDoublings,
	}})
	if err != nil || taken == 1 {
		return 0, err
	}
	free, err := freeTime(ctx, tx, key)
	return free.Sub(now), err
}

func freeTime(ctx context.Context, tx pg.Tx, key []byte) (time.Time, error) {
	free, err := pg.One(ctx, tx, pg.Statement{Doing: "reading when a try is free", SQL: `
SELECT free_time
FROM attempt
WHERE key = @key
LIMIT 1`, Args: pgx.NamedArgs{"key": key}}, pgx.RowTo[time.Time])
	if errors.Is(err, pg.ErrNoRows) { // forgiven meanwhile
		return time.Time{}, nil
	}
	return free, err
}

// ForgetAttempts begins anew.
func ForgetAttempts(ctx context.Context, tx pg.Tx, key []byte) error {
	_, err := pg.Exec(ctx, tx, pg.Statement{Doing: "forgetting tries", SQL: `
DELETE FROM attempt
WHERE key = @key`, Args: pgx.NamedArgs{"key": key}})
	return err
}

// PurgeAttempts removes a batch of those that have counted for nothing since
// the given moment.
func PurgeAttempts(ctx context.Context, tx pg.Tx, before time.Time) (int64, error) {
	return pg.Exec(ctx, tx, pg.Statement{Doing: "removing old tries", SQL: `
DELETE FROM attempt
WHERE key IN (
  SELECT key
  FROM attempt
  WHERE free_time < @before
  ORDER BY free_time, key
  LIMIT @batch
)`, Args: pgx.NamedArgs{"before": before, "batch": purgeBatch}})
}
