// Package demodata fills a fresh Aval with a small French world, through the
// same calls and mails as anybody: two partners, four clients, their people,
// the links between them. It ends where the story of the product begins, with
// nothing assigned and nobody asked.
package demodata

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/services/kit/wholefile"
)

// Account is a person who can sign in.
type Account struct {
	// Key names the person within the plan.
	Key string `json:"key"`
	// Part is what the person plays in the story.
	Part       string `json:"part"`
	GivenName  string `json:"given_name"`
	FamilyName string `json:"family_name"`
	Email      string `json:"email"`
	Password   string `json:"password"`
	UserID     string `json:"user_id"`
	// Organization is its key.
	Organization string `json:"organization"`
}

// Organization of the plan.
type Organization struct {
	Key                string `json:"key"`
	Name               string `json:"name"`
	RegistrationNumber string `json:"registration_number"`
	PostalAddress      string `json:"postal_address"`
	Partner            bool   `json:"partner"`
	ID                 string `json:"id"`
}

// Data is the world as it was made; it is kept beside the database, so that
// later starts can tell the sign-ins again.
type Data struct {
	Accounts      []Account      `json:"accounts"`
	Organizations []Organization `json:"organizations"`
	// Done says that everything below was made.
	Done bool `json:"done"`
}

const fileName = "demo.json"

// load reads the plan, or makes one with fresh passwords and keeps it before
// anything is done with it.
func load(dir string) (*Data, error) {
	content, err := os.ReadFile(filepath.Join(dir, fileName))
	if errors.Is(err, fs.ErrNotExist) {
		d := newPlan()
		return d, d.save(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the demo data: %w", err)
	}
	var d Data
	if err := json.Unmarshal(content, &d); err != nil {
		return nil, fmt.Errorf("reading the demo data: %w", err)
	}
	return &d, nil
}

func (d *Data) save(dir string) error {
	content, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the demo data: %w", err)
	}
	if err := wholefile.Write(filepath.Join(dir, fileName), content, 0o600); err != nil {
		return fmt.Errorf("writing the demo data: %w", err)
	}
	return nil
}

func newPlan() *Data {
	d := &Data{
		Organizations: []Organization{
			{Key: "lumen", Partner: true, Name: "Cabinet Lumen", RegistrationNumber: "000 000 001", PostalAddress: "1 rue des Exemples\n44000 Nantes"},
			{Key: "octave", Partner: true, Name: "Octave Distribution", RegistrationNumber: "000 000 002", PostalAddress: "2 rue des Exemples\n69002 Lyon"},
			{Key: "boulangerie", Name: "Boulangerie du Port", RegistrationNumber: "000 000 101", PostalAddress: "3 quai des Exemples\n44600 Saint-Nazaire"},
			{Key: "menuiserie", Name: "Menuiserie des Ormes", RegistrationNumber: "000 000 102", PostalAddress: "4 rue des Exemples\n35000 Rennes"},
			{Key: "fleuriste", Name: "Fleurs de Mai", RegistrationNumber: "000 000 103", PostalAddress: "5 place des Exemples\n33000 Bordeaux"},
			{Key: "garage", Name: "Garage de la Gare", RegistrationNumber: "000 000 104", PostalAddress: "6 avenue des Exemples\n59000 Lille"},
		},
		Accounts: []Account{
			{Key: "claire", Part: "administratrice du partenaire", GivenName: "Claire", FamilyName: "Lumen", Organization: "lumen"},
			{Key: "karim", Part: "support technique", GivenName: "Karim", FamilyName: "Renaud", Organization: "lumen"},
			{Key: "olivier", Part: "administrateur de l'autre partenaire", GivenName: "Olivier", FamilyName: "Octave", Organization: "octave"},
			{Key: "marie", Part: "cliente", GivenName: "Marie", FamilyName: "Duport", Organization: "boulangerie"},
			{Key: "paul", Part: "client", GivenName: "Paul", FamilyName: "Desormes", Organization: "menuiserie"},
			{Key: "lea", Part: "cliente", GivenName: "Léa", FamilyName: "Mai", Organization: "fleuriste"},
			{Key: "hugo", Part: "client", GivenName: "Hugo", FamilyName: "Lagare", Organization: "garage"},
		},
	}
	for i := range d.Accounts {
		a := &d.Accounts[i]
		a.Email = fmt.Sprintf("%s@%s.example", a.Key, a.Organization)
		a.Password = journey.NewPassword()
	}
	return d
}

// Account finds a person by key.
func (d *Data) Account(key string) *Account {
	for i := range d.Accounts {
		if d.Accounts[i].Key == key {
			return &d.Accounts[i]
		}
	}
	return nil
}

// Organization finds an organisation by key.
func (d *Data) Organization(key string) *Organization {
	for i := range d.Organizations {
		if d.Organizations[i].Key == key {
			return &d.Organizations[i]
		}
	}
	return nil
}
