package contract

import (
	"strconv"

	v1 "github.com/aval-access/aval/proto/gen/aval/partnersupport/v1"
	"github.com/aval-access/aval/services/kit/fields"
	"github.com/aval-access/aval/services/partnersupport/internal/domain"
)

// BrandToProto gives a brand; one that is none is empty.
func BrandToProto(b domain.Brand) *v1.Brand {
	if b.Version == 0 {
		return &v1.Brand{}
	}
	return &v1.Brand{
		Name: b.Name, Color: b.Color, Logo: b.Logo, Version: strconv.FormatInt(b.Version, 10),
		UpdateTime: fields.Time(b.UpdateTime),
	}
}
