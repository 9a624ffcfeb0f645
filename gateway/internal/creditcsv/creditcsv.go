// Package creditcsv writes a partner's managed credits of one month as CSV
// (R74): a row per client, with what a spreadsheet would take for a formula made
// harmless. Who may read them is the service's to say.
package creditcsv

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/aval-access/aval/gateway/internal/csvfile"
	partnersupportv1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
)

// Pages gives the page at a token; the empty token is the first.
type Pages func(token string) (*partnersupportv1.ListManagedCreditsResponse, error)

// Write sends the file, once all of it was read.
func Write(w http.ResponseWriter, pages Pages) error {
	rows, month := [][]string{columns()}, ""
	for token := ""; ; {
		answer, err := pages(token)
		if err != nil {
			return fmt.Errorf("reading the credits: %w", err)
		}
		month = answer.GetMonth()
		for _, one := range answer.GetCredits() {
			rows = append(rows, row(answer, one))
		}
		if token = answer.GetNextPageToken(); token == "" {
			break
		}
	}
	csvfile.Headers(w, "credits-"+month+".csv")
	_ = csv.NewWriter(w).WriteAll(rows) // else the reader is gone
	return nil
}

func columns() []string {
	return []string{
		"month", "stage", "dossier_id", "client_id", "client_name", "credited", "obstacles", "visits", "collaborators", "amount_minor", "currency",
	}
}

func row(of *partnersupportv1.ListManagedCreditsResponse, c *partnersupportv1.ManagedCredit) []string {
	obstacles := make([]string, len(c.GetObstacles()))
	for i, o := range c.GetObstacles() {
		obstacles[i] = strings.TrimPrefix(o.String(), "CREDIT_OBSTACLE_")
	}
	return []string{
		of.GetMonth(), strings.TrimPrefix(of.GetStage().String(), "CREDIT_STAGE_"), c.GetDossierId(), c.GetClientId(),
		csvfile.Harmless(c.GetClientName()), strconv.FormatBool(c.GetCredited()), strings.Join(obstacles, "; "),
		strconv.Itoa(int(c.GetVisits())), strconv.Itoa(int(c.GetCollaborators())),
		strconv.FormatInt(c.GetAmountMinor(), 10), c.GetCurrency(),
	}
}
