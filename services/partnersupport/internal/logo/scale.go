package logo

import (
	"image"
	"image/color"
)

// fit gives a copy within w by h pixels, its proportions kept. It is never made
// larger.
func fit(in image.Image, w, h int) *image.NRGBA {
	size := in.Bounds().Size()
	to := size
	if to.X > w {
		to.X, to.Y = w, max(1, size.Y*w/size.X)
	}
	if to.Y > h {
		to.X, to.Y = max(1, size.X*h/size.Y), h
	}
	out := image.NewNRGBA(image.Rectangle{Max: to})
	for y := range to.Y {
		for x := range to.X {
			out.Set(x, y, mean(in, image.Rect(
				x*size.X/to.X, y*size.Y/to.Y,
				max((x+1)*size.X/to.X, x*size.X/to.X+1), max((y+1)*size.Y/to.Y, y*size.Y/to.Y+1),
			)))
		}
	}
	return out
}

// mean is the colour of a part of the picture, counted from its corner.
func mean(in image.Image, part image.Rectangle) color.Color {
	var r, g, b, a, n uint64
	part = part.Add(in.Bounds().Min)
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			pr, pg, pb, pa := in.At(x, y).RGBA()
			r, g, b, a, n = r+uint64(pr), g+uint64(pg), b+uint64(pb), a+uint64(pa), n+1
		}
	}
	return color.RGBA64{R: uint16(r / n), G: uint16(g / n), B: uint16(b / n), A: uint16(a / n)}
}
