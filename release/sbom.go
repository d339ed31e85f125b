package release

import (
	"io"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
)

// Archive is what a bill of materials is of.
type Archive struct {
	Plugin Plugin
	// SHA256 is the archive's checksum, hexadecimal.
	SHA256 string
	// At is when its sources were committed.
	At time.Time
}

// WriteSBOM writes the bill of materials of an archive, as CycloneDX 1.6 in JSON.
func WriteSBOM(to io.Writer, archive Archive, components []Component) error {
	project := archive.Plugin.ID + "@" + archive.Plugin.Info.Version
	bom := cyclonedx.NewBOM()
	bom.SpecVersion = cyclonedx.SpecVersion1_6
	bom.Metadata = &cyclonedx.Metadata{
		Timestamp: archive.At.UTC().Format(time.RFC3339),
		Component: &cyclonedx.Component{
			BOMRef:  project,
			Type:    cyclonedx.ComponentTypeApplication,
			Name:    archive.Plugin.ID,
			Version: archive.Plugin.Info.Version,
			Hashes:  &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: archive.SHA256}},
		},
	}
	parts := make([]cyclonedx.Component, 0, len(components))
	refs := make([]string, 0, len(components))
	for _, c := range components {
		licences := make(cyclonedx.Licenses, 0, len(c.Licences))
		for _, id := range c.Licences {
			licences = append(licences, cyclonedx.LicenseChoice{License: &cyclonedx.License{ID: id}})
		}
		parts = append(parts, cyclonedx.Component{
			BOMRef: c.PURL, Type: cyclonedx.ComponentTypeLibrary,
			Name: c.Name, Version: c.Version, PackageURL: c.PURL, Licenses: &licences,
		})
		refs = append(refs, c.PURL)
	}
	bom.Components = &parts
	bom.Dependencies = &[]cyclonedx.Dependency{{Ref: project, Dependencies: &refs}}
	return cyclonedx.NewBOMEncoder(to, cyclonedx.BOMFileFormatJSON).SetPretty(true).
		EncodeVersion(bom, cyclonedx.SpecVersion1_6)
}
