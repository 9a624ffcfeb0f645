package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/reflect/protoregistry"

	_ "github.com/aval-access/aval/proto/gen/aval/consent/v1"
	_ "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	_ "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	_ "github.com/aval-access/aval/proto/gen/aval/notification/v1"
	_ "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/proto/openapi"
)

// described is the document of the contracts that are compiled in: without
// their comments, which Go does not keep.
func described(t *testing.T) *document {
	t.Helper()
	doc, err := describe(protoregistry.GlobalFiles)
	require.NoError(t, err)
	return doc
}

func (d *document) at(t *testing.T, verb, path string) *operation {
	t.Helper()
	for _, one := range d.Paths {
		for _, op := range *one.value {
			if one.name == path && op.name == verb {
				return op.value
			}
		}
	}
	require.Fail(t, "no "+verb+" "+path)
	return nil
}

func (s *schema) property(name string) *schema {
	for _, p := range s.Properties {
		if p.name == name {
			return p.value
		}
	}
	return nil
}

func TestEveryHTTPRuleIsDescribedOnce(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, service := range servicesOf(protoregistry.GlobalFiles) {
		for i := range service.Methods().Len() {
			m, ok, err := readMethod(service.Methods().Get(i))
			require.NoError(t, err)
			if !ok {
				continue
			}
			op := described(t).at(t, m.verb, m.shownPath())
			require.False(t, ids[op.OperationID], op.OperationID)
			ids[op.OperationID] = true
			require.Equal(t, m.anonymous(), op.Security != nil, "%s: who is not signed in", op.OperationID)
			require.Equal(t, m.repeatable(), slices.Contains(op.Parameters, parameter{Ref: inParameters + "IdempotencyKey"}), op.OperationID)
		}
	}
	require.Greater(t, len(ids), 100)
}

func TestARequestSaysItsBounds(t *testing.T) {
	t.Parallel()
	op := described(t).at(t, "post", "/v1/partners/{partnerId}/assignments:batchCreate")
	sent := op.RequestBody.Content["application/json"].Schema
	require.Equal(t, []string{"collaboratorId", "dossierIds"}, sent.Required)
	require.Equal(t, false, sent.AdditionalProperties, "what is unknown is refused")
	require.Nil(t, sent.property("partnerId"), "what stands in the path stands nowhere else")
	ids := sent.property("dossierIds")
	require.EqualValues(t, 500, ids.MaxItems)
	require.True(t, ids.UniqueItems)
	require.Equal(t, "^dos_", ids.Items.Pattern)
	require.EqualValues(t, 30, ids.Items.MaxLength)
	require.EqualValues(t, 200, sent.property("reason").MaxLength)
	require.Equal(t, "From 3600s to 63072000s.", sent.property("proposedDuration").Description)
	require.Equal(t, &right{Feature: "aval/partner/assignments", Level: "APPROVER"}, op.Right)
	for _, status := range []string{"200", "400", "401", "403", "404", "409", "415", "429", "503", "default"} {
		require.True(t, slices.ContainsFunc(op.Responses, func(r member[response]) bool { return r.name == status }), status)
	}
}

func TestAnAnswerSaysWhatIsAlwaysThere(t *testing.T) {
	t.Parallel()
	consent := described(t).Components.Schemas["Consent"]
	require.Contains(t, consent.Required, "expireTime", "a field that holds nothing is there")
	require.Equal(t, []string{"string", "null"}, consent.property("expireTime").Type)
	require.Equal(t, "null", consent.property("partner").AnyOf[1].Type)
	require.Equal(t, "array", consent.property("timeline").Type)
	proof := described(t).Components.Schemas["FactorProofInput"]
	require.Empty(t, proof.Required)
	require.EqualValues(t, 1, proof.MinProperties, "one of several")
	require.EqualValues(t, 1, proof.MaxProperties)
}

func TestFilesAreDescribedBesideTheirLists(t *testing.T) {
	t.Parallel()
	doc := described(t)
	require.Contains(t, doc.at(t, "get", "/v1/organizations/{organizationId}/history").Responses[0].value.Content, "text/csv")
	require.Contains(t, doc.at(t, "post", importPath).RequestBody.Content, "text/csv")
	require.NotContains(t, doc.at(t, "get", "/v1/organizations/{organizationId}/members").Responses[0].value.Content, "text/csv")
}

// The example of every body obeys the rules that stand beside it, as far as
// required names go.
func TestExamplesHoldWhatIsRequired(t *testing.T) {
	t.Parallel()
	for _, path := range described(t).Paths {
		for _, op := range *path.value {
			if op.value.RequestBody == nil || op.value.OperationID == "importInvitations" {
				continue
			}
			content := op.value.RequestBody.Content["application/json"]
			raw, err := json.Marshal(content.Example)
			require.NoError(t, err)
			var example map[string]any
			require.NoError(t, json.Unmarshal(raw, &example))
			for _, name := range content.Schema.Required {
				require.NotNil(t, example[name], "%s: %s", op.value.OperationID, name)
				if text, ok := example[name].(string); ok && content.Schema.property(name).Pattern != "" {
					require.Regexp(t, regexp.MustCompile(content.Schema.property(name).Pattern), text, "%s: %s", op.value.OperationID, name)
				}
			}
		}
	}
}

// What is committed has every path and type of the contracts; make check
// compares the rest, comments included.
func TestTheCommittedDescriptionIsWhole(t *testing.T) {
	t.Parallel()
	var committed struct {
		OpenAPI    string `json:"openapi"`
		Paths      map[string]map[string]struct{ Summary string }
		Components struct{ Schemas map[string]any }
	}
	require.NoError(t, json.Unmarshal(openapi.JSON(), &committed))
	require.Equal(t, "3.1.0", committed.OpenAPI)
	for _, path := range described(t).Paths {
		for _, op := range *path.value {
			require.NotEmpty(t, committed.Paths[path.name][op.name].Summary, "%s %s: run make generate", op.name, path.name)
		}
	}
	for _, ref := range regexp.MustCompile(`"#/components/schemas/(\w+)"`).FindAllStringSubmatch(string(openapi.JSON()), -1) {
		require.NotNil(t, committed.Components.Schemas[ref[1]], ref[1])
	}
	require.False(t, strings.Contains(string(openapi.JSON()), "http://"), "nothing from elsewhere")
}
