package main

// doors: what comes from outside counts for no more than it proves.
var doors = []mutant{
	{
		id: "m6", breaks: "a code is read first and used up afterwards",
		edits: []edit{{
			"services/identity/internal/postgres/codes.go",
			"UPDATE one_time_token\nSET used_at = now(), used_by = @by\nWHERE hash = @hash\n",
			"WITH read AS (\n  SELECT id\n  FROM one_time_token\n  WHERE hash = @hash\n",
		}, {
			"services/identity/internal/postgres/codes.go",
			"AND expires_at > now()\nRETURNING subject_id",
			"AND expires_at > now()\n)\nUPDATE one_time_token t\nSET used_at = now(), used_by = @by\nFROM read\nWHERE t.id = read.id\nRETURNING t.subject_id",
		}},
		pkg: "services/identity/internal/postgres", test: "^TestASecondUseWaitsForTheFirst$",
	},
	{
		id: "m6-link", breaks: "an invitation's link serves again after it was used",
		edits: []edit{{"services/membership/internal/postgres/tokens.go", "\n  AND used_time IS NULL", ""}},
		pkg:   "services/membership/internal/postgres", test: "^TestATokenServesOnce$",
	},
	{
		id: "m12", breaks: "headers become metadata by the library's default",
		edits: []edit{
			{"gateway/internal/rest/rest.go", "runtime.WithIncomingHeaderMatcher(headerMatcher)", "runtime.WithIncomingHeaderMatcher(runtime.DefaultHeaderMatcher)"},
			{"gateway/internal/rest/authenticate.go", "out.Header = allowed(r.Header)", "out.Header = r.Header.Clone()"},
			{"gateway/internal/clients/guard.go", "kept := metadata.MD{}", "kept := given.Copy()"},
		},
		pkg: "gateway", test: "^TestCallerHeaders$",
	},
	{
		id: "m12-leaving", breaks: "all metadata leaves the edge",
		edits: []edit{{"gateway/internal/clients/guard.go", "kept := metadata.MD{}", "kept := given.Copy()"}},
		pkg:   "gateway/internal/clients", test: "^TestMetadataLeavesByAllowList$",
	},
	{
		id: "m13", breaks: "a request is served under whatever host it names",
		edits: []edit{{"gateway/internal/edge/hosts.go", "!e.hosts[strings.ToLower(r.Host)]", "r.Host == \"\""}},
		pkg:   "gateway", test: "^TestUnknownHostIsMisdirected$",
	},
	{
		id: "m13-mail", breaks: "a mail's link stands where its path leads",
		edits: []edit{{"services/notification/internal/letter/letter.go", "page.Link = r.base + l.ActionPath", "page.Link = l.ActionPath"}},
		pkg:   "services/notification/internal/letter", test: "^TestRequestCarriesItsExactLabels$",
	},
	{
		id: "m14", breaks: "a token is checked by the algorithm that it names itself",
		edits: []edit{
			{"services/kit/authn/header.go", "header[\"alg\"] == string(jose.EdDSA)", "header[\"alg\"] != string(jose.RS256)"},
			{
				"services/kit/authn/verifier.go", "payload, err := signed.Verify(key)",
				"var by any = key\n\tif signed.Signatures[0].Header.Algorithm == string(jose.HS256) {\n\t\tby = []byte(key)\n\t}\n\tpayload, err := signed.Verify(by)",
			},
			{"services/kit/authn/verifier.go", "[]jose.SignatureAlgorithm{jose.EdDSA}", "[]jose.SignatureAlgorithm{jose.EdDSA, jose.HS256}"},
		},
		pkg: "services/kit/authn", test: "^TestVerifyRefusesForms$/^a_token_keyed_with_the_public_key$",
	},
	{
		id: "m17", breaks: "tries at signing in are forgotten at a restart",
		edits: []edit{
			{"services/identity/internal/limit/limit.go", "if err != nil {\n\t\treturn Limits{}, fmt.Errorf(\"deriving", "derived = []byte(rand.Text())\n\tif err != nil {\n\t\treturn Limits{}, fmt.Errorf(\"deriving"},
			{"services/identity/internal/limit/limit.go", "\"crypto/hmac\"", "\"crypto/hmac\"\n\t\"crypto/rand\""},
		},
		pkg: "services/identity/internal/limit", test: "^TestARestartForgetsNoTry$",
	},
	{
		id: "m18", breaks: "addresses are letters of any alphabet, lowered by Unicode",
		edits: []edit{
			{"services/kit/email/email.go", "strings.IndexByte(\"!#$%&'*+/=?^_`{|}~-\", c) >= 0", "strings.IndexByte(\"!#$%&'*+/=?^_`{|}~-\", c) >= 0 || c >= 0x80"},
			{"services/kit/email/email.go", "return asciiLower(a.local) + \"@\" + a.domain", "return strings.ToLower(a.local) + \"@\" + a.domain"},
		},
		pkg: "services/kit/email", test: "^TestParseRefuses$/^kelvin_sign_in_local_part$",
	},
	{
		id: "c2", breaks: "another site's form reaches the API",
		edits: []edit{{"gateway/internal/edge/samesite.go", "return protection.Handler(next)", "_ = protection.Handler(next)\n\treturn next"}},
		pkg:   "gateway", test: "^TestFormsOfOtherSitesAreRefused$",
	},
	{
		id: "d1", breaks: "whoever holds an invitation's link may accept it",
		edits: []edit{{"services/membership/internal/domain/invitation.go", "if i.Invitee.EmailKey != emailKey {", "if i.Invitee.EmailKey == \"\" {"}},
		pkg:   "services/membership/internal/app", test: "^TestAcceptingIsForTheInvitedAddress$",
	},
	{
		id: "e3", breaks: "a method without a rule is open",
		edits: []edit{{
			"services/kit/authz/authorizer.go",
			"return caller, fault.New(reasonv1.Reason_REASON_PERMISSION_DENIED, fault.Cause(\n\t\t\tfmt.Errorf(\"the method %s has no rule\", fullMethod)))",
			"return caller, nil",
		}},
		pkg: "services/kit/authz", test: "^TestAdmittedClass$/^a_method_without_a_rule_admits_nobody$",
	},
}
