package pages

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	consentv1 "github.com/aval-access/aval/proto/gen/aval/consent/v1"
)

// proof is the receipt of a yes, as a page that prints well.
type proof struct {
	RecordID   string `json:"record_id"`
	Schema     string `json:"schema_version"`
	Processing struct {
		Notice struct {
			Version, Hash, Title string
			Paragraphs, Lines    []string
		} `json:"privacy_notice"`
		Purposes []struct {
			LawfulBasis string `json:"lawful_basis"`
			Information []struct {
				Type  string `json:"pii_type"`
				Level string `json:"access_level"`
			} `json:"pii_information"`
		} `json:"purposes"`
	} `json:"pii_processing"`
	Parties []struct {
		Name string `json:"party_name"`
		Role string `json:"party_role"`
	} `json:"party_identification"`
	Events []struct {
		Time      time.Time `json:"event_time"`
		State     string    `json:"event_state"`
		Until     time.Time `json:"validity_end"`
		Assurance string    `json:"assurance"`
	} `json:"events"`
	// JWS is the signed form, File where it is downloaded.
	JWS  string `json:"-"`
	File string `json:"-"`
}

func (c *call) clientReceipt() (*consentv1.Receipt, error) {
	answer, err := c.Clients.Receipts.GetReceipt(c.ctx(), &consentv1.GetReceiptRequest{ConsentId: c.r.PathValue("id")})
	if err != nil {
		return nil, fmt.Errorf("getting the receipt: %w", err)
	}
	return answer.GetReceipt(), nil
}

func (c *call) partnerReceipt() (*consentv1.Receipt, error) {
	answer, err := c.Clients.Receipts.GetPartnerReceipt(c.ctx(), &consentv1.GetPartnerReceiptRequest{
		PartnerId: c.org(), ConsentId: c.r.PathValue("id"),
	})
	if err != nil {
		return nil, fmt.Errorf("getting the receipt: %w", err)
	}
	return answer.GetReceipt(), nil
}

// receiptPage shows a side's receipt.
func receiptPage(find func(*call) (*consentv1.Receipt, error), crumbs ...string) handler {
	return func(c *call) error {
		found, err := find(c)
		if err != nil {
			return err
		}
		return c.showReceipt(found, crumbs)
	}
}

func (c *call) showReceipt(found *consentv1.Receipt, crumbs []string) error {
	data := proof{JWS: found.GetJws(), File: c.r.URL.Path + ".json"}
	if err := json.Unmarshal([]byte(found.GetRecordJson()), &data); err != nil {
		return fmt.Errorf("reading the receipt: %w", err)
	}
	return c.show(page{name: "receipt", title: "proof.title", crumbs: crumbs, data: data})
}

// receiptFile gives a side's receipt with its signature.
func receiptFile(find func(*call) (*consentv1.Receipt, error)) handler {
	return func(c *call) error {
		found, err := find(c)
		if err != nil {
			return err
		}
		c.w.Header().Set("Content-Type", "application/json")
		c.w.Header().Set("Content-Disposition", `attachment; filename="`+c.r.PathValue("id")+`.json"`)
		c.w.WriteHeader(http.StatusOK)
		_ = json.NewEncoder(c.w).Encode(map[string]any{ // the client went away: nothing to do
			"jws": found.GetJws(), "record": json.RawMessage(found.GetRecordJson()),
		})
		return nil
	}
}
