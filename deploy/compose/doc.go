// Package compose holds the Compose file, and the tests that hold it to the
// programs' own configuration.
package compose
