// Package logo makes a small PNG of its own out of the picture that a partner
// gives: nothing of the file that came is kept but what is seen. It knows no
// partner, and stores nothing.
package logo

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
)

// Bounds of what is taken and of what is made.
const (
	maxBytes  = 128 << 10
	maxSide   = 2000
	maxPixels = 1_000_000
	// maxScans bounds the passes over a progressive JPEG, each of which costs
	// as much as the whole picture.
	maxScans = 64

	width, height = 320, 96
	maxMade       = 48 << 10
)

// ErrRefused says that the picture is none that is taken.
var ErrRefused = errors.New("not a picture that can be taken")

// Clean gives the picture as a PNG that fits into 320 by 96 pixels and 48 KiB.
// What is no PNG or JPEG, or could cost more to read than it is worth, is
// ErrRefused.
func Clean(raw []byte) ([]byte, error) {
	if len(raw) > maxBytes {
		return nil, ErrRefused
	}
	read, err := readerOf(raw)
	if err != nil {
		return nil, err
	}
	size, err := read.config(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if size.Width < 1 || size.Height < 1 || size.Width > maxSide || size.Height > maxSide || size.Width*size.Height > maxPixels {
		return nil, ErrRefused
	}
	picture, err := read.picture(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return encode(picture)
}

// reader reads one kind of file.
type reader struct {
	config  func([]byte) (image.Config, error)
	picture func([]byte) (image.Image, error)
}

// readerOf goes by the first bytes of the file alone, never by what it is said
// to be.
func readerOf(raw []byte) (reader, error) {
	switch {
	case bytes.HasPrefix(raw, []byte("\x89PNG\r\n\x1a\n")):
		return reader{
			func(raw []byte) (image.Config, error) { return png.DecodeConfig(bytes.NewReader(raw)) },
			func(raw []byte) (image.Image, error) { return png.Decode(bytes.NewReader(raw)) },
		}, nil
	case bytes.HasPrefix(raw, []byte("\xff\xd8\xff")) && bytes.Count(raw, []byte("\xff\xda")) <= maxScans:
		return reader{
			func(raw []byte) (image.Config, error) { return jpeg.DecodeConfig(bytes.NewReader(raw)) },
			func(raw []byte) (image.Image, error) { return jpeg.Decode(bytes.NewReader(raw)) },
		}, nil
	default:
		return reader{}, ErrRefused
	}
}

// encode makes the picture smaller until it fits.
func encode(picture image.Image) ([]byte, error) {
	for w, h := width, height; ; w, h = w/2, h/2 {
		var out bytes.Buffer
		encoder := png.Encoder{CompressionLevel: png.BestCompression}
		if err := encoder.Encode(&out, fit(picture, w, h)); err != nil {
			return nil, fmt.Errorf("writing a logo: %w", err)
		}
		if out.Len() <= maxMade {
			return out.Bytes(), nil
		}
	}
}
