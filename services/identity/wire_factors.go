package identity

import (
	"google.golang.org/grpc"

	identityv1 "github.com/aval-access/aval/proto/gen/aval/identity/v1"
	"github.com/aval-access/aval/services/identity/internal/app"
	"github.com/aval-access/aval/services/identity/internal/rpc"
)

func (s *service) registerFactors(server *grpc.Server) {
	prove := app.ProveFactor{DB: s.DB, Clock: s.Clock, Check: s.check, Vault: s.vault, Party: s.party}
	identityv1.RegisterSecondFactorServiceServer(server, &rpc.SecondFactor{
		Edge:   s.edge,
		Verify: app.VerifyFactor{Prove: prove},
		Step:   app.StepUpByFactor{Prove: prove},
		Ask:    app.AskPasskey{Prove: prove},
		SignIn: app.SignInWithPasskey{Prove: prove},
	})
	identityv1.RegisterFactorServiceServer(server, &rpc.Factors{
		DB:               s.DB,
		Pages:            s.Pages,
		Edge:             s.edge,
		Log:              s.Log,
		StartTotpCase:    app.StartTotp{Prove: prove},
		ConfirmTotpCase:  app.ConfirmTotp{Prove: prove},
		StartPasskeyCase: app.StartPasskey{Prove: prove},
		AddPasskeyCase:   app.AddPasskey{Prove: prove},
		Keep:             app.KeepFactors{DB: s.DB, Clock: s.Clock},
		Reset:            app.ResetFactors{DB: s.DB, Clock: s.Clock},
	})
}
