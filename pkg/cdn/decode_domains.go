package cdn

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// decodeDomainsPage reads a page of the list. A page without domains is written in many ways, so it takes one of the
// answer's own members to tell it from what is no answer. What it returns does not hold on to body.
func decodeDomainsPage(body []byte) (DomainsPage, error) {
	page := DomainsPage{Total: -1}
	known := false
	s := scanner{data: body}
	err := s.object(func(key []byte) error {
		switch string(key) {
		case "Code":
			// An error under HTTP 200 must not pass for an account without domains.
			code, err := s.scalar()
			if err == nil && len(code) > 0 {
				err = errUnderOK
			}
			return err
		case "TotalCount": // a number in the samples, a string in some answers
			known = true
			text, err := s.scalar()
			if text = bytes.TrimSpace(text); err != nil || len(text) == 0 {
				return err
			}
			page.Total, err = strconv.Atoi(string(text))
			if err != nil || page.Total < 0 {
				return fmt.Errorf("a TotalCount of %.20q", text)
			}
			return nil
		case "Domains":
			known = true
			return s.object(func(key []byte) error {
				if string(key) != "PageData" {
					return s.skip()
				}
				return s.array(func() error {
					domain, err := decodeDomain(&s)
					if domain.Name != "" {
						page.Domains = append(page.Domains, domain)
					}
					return err
				})
			})
		case "PageNumber", "RequestId":
			known = true
		}
		return s.skip()
	})
	if err == nil {
		err = s.end()
	}
	if err == nil && !known {
		err = errors.New("not a list of domains")
	}
	if err != nil {
		return DomainsPage{}, err
	}
	return page, nil
}

// decodeDomain reads the domain that s is at. What is no text is left out of it, so a domain that is none has no name.
func decodeDomain(s *scanner) (Domain, error) {
	var domain Domain
	if s.next() != '{' {
		return domain, s.skip()
	}
	fields := map[string]*string{
		"DomainName": &domain.Name, "DomainStatus": &domain.Status, "CdnType": &domain.Type,
		"Coverage": &domain.Coverage, "Cname": &domain.CNAME,
	}
	err := s.object(func(key []byte) error {
		field := fields[string(key)]
		if field == nil || s.next() != '"' {
			return s.skip()
		}
		text, err := s.text()
		// Grafana's protocol refuses a whole response for one byte that is not UTF-8.
		*field = string([]rune(string(text)))
		return err
	})
	domain.Name = strings.ToLower(strings.TrimSpace(domain.Name))
	return domain, err
}
