package rpc

import (
	"context"

	"google.golang.org/grpc"

	membershipv1 "github.com/aval-access/aval/proto/gen/aval/membership/v1"
	"github.com/aval-access/aval/services/membership/internal/fence"
)

// taking are the methods that may take access away. Their answer, the first and
// every repeated one, goes out only once no replica answers from what was
// before it.
func taking() []string {
	return []string{
		membershipv1.AccessService_ApplyGrants_FullMethodName, // may lower one
		membershipv1.AccessService_EndGrants_FullMethodName,
		membershipv1.AccessService_CloseSupportSessions_FullMethodName,
		membershipv1.MemberService_UpdateMember_FullMethodName,
		membershipv1.MemberService_SuspendMember_FullMethodName,
		membershipv1.MemberService_RemoveMember_FullMethodName,
		membershipv1.MemberService_EndMembership_FullMethodName,
		membershipv1.MemberService_LeaveOrganization_FullMethodName,
		membershipv1.OrganizationService_SuspendOrganization_FullMethodName,
		membershipv1.FeatureService_RegisterFeatures_FullMethodName,
		membershipv1.PersonService_LeaveOrganizations_FullMethodName,
	}
}

// giving are the methods that give access and take none away: whoever hears
// their answer should find it in force everywhere, and nobody is harmed by a
// replica that is late.
func giving() []string {
	return []string{
		membershipv1.AccessService_OpenSupportSession_FullMethodName,
		membershipv1.MemberService_RestoreMember_FullMethodName,
		membershipv1.OrganizationService_ResumeOrganization_FullMethodName,
		membershipv1.InvitationService_AcceptInvitation_FullMethodName,
		membershipv1.InvitationService_AcceptMyInvitation_FullMethodName,
	}
}

// Settle makes the methods that change what may be done wait for the replicas.
func Settle(f *fence.Fence) grpc.UnaryServerInterceptor {
	takes, gives := map[string]bool{}, map[string]bool{}
	for _, method := range taking() {
		takes[method] = true
	}
	for _, method := range giving() {
		gives[method] = true
	}
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		resp, err := handler(ctx, req)
		switch {
		case takes[info.FullMethod]:
			// Also after a refusal: what is gone already may be news to a replica.
			if late := f.Wait(ctx); late != nil && err == nil {
				return nil, late
			}
		case gives[info.FullMethod] && err == nil:
			_ = f.Wait(ctx)
		}
		return resp, err
	}
}
