package cdnsim

import (
	"context"
	"maps"
	"slices"
	"time"
)

// operation is one row of the catalogue.
type operation struct {
	name, version string
	// params are what the operation documents. The real API ignores others; the
	// simulation refuses them, or a client's misspelt parameter would go unseen.
	params    []string
	throttled *Error
	serve     func(*request) (body []byte, problem *Error)
}

// request is a call that has passed the gateway.
type request struct {
	ctx context.Context
	*settings
	id       string // RequestId
	params   map[string]string
	now      time.Time
	interval time.Duration // see Fault.Interval
}

// catalogue are the operations there are. Another metric is another row.
var catalogue = []operation{
	tells("DescribeDomainSrcFlowData", metric{
		dialect: &dialect2014, container: "SrcFlowDataPerInterval", list: "DataModule",
		quantity: originBytes, pointWriter: originBits,
	}),
	tells("DescribeDomainSrcTrafficData", metric{
		dialect: &dialect2018, container: "SrcTrafficDataPerInterval", list: "DataModule",
		oldContainer: "SrcFlowDataPerInterval",
		quantity:     originBytes, pointWriter: originFlow,
	}),
	tells("DescribeDomainTrafficData", metric{
		dialect: &dialect2018, container: "TrafficDataPerInterval", list: "DataModule",
		quantity: edgeBytes, pointWriter: edgeFlow,
	}),
	tells("DescribeDomainSrcQpsData", metric{
		dialect: &dialect2018, container: "SrcQpsDataPerInterval", list: "DataModule",
		quantity: originRequests, pointWriter: originRate,
	}),
	tells("DescribeDomainQpsData", metric{
		dialect: &dialect2018, container: "QpsDataInterval", list: "DataModule",
		quantity: edgeRequests, pointWriter: edgeRate,
	}),
	tells("DescribeDomainSrcHttpCodeData", metric{
		dialect: &dialect2018, container: "HttpCodeData", list: "UsageData",
		quantity: originStatus, pointWriter: proportions{},
	}),
	tells("DescribeDomainHttpCodeData", metric{
		dialect: &dialect2018, container: "HttpCodeData", list: "UsageData",
		quantity: edgeStatus, pointWriter: proportions{},
	}),
	tells("DescribeDomainHitRateData", metric{
		dialect: &dialect2018, container: "HitRateInterval", list: "DataModule",
		quantity: byteHits, pointWriter: hitRate,
	}),
	tells("DescribeDomainReqHitRateData", metric{
		dialect: &dialect2018, container: "ReqHitRateInterval", list: "DataModule",
		quantity: requestHits, pointWriter: hitRate,
	}),
	{
		name: "DescribeUserDomains", version: version2018, throttled: &errThrottled,
		params: []string{
			"PageNumber", "PageSize", "DomainName", "DomainSearchType",
			"DomainStatus", "CdnType", "Coverage", "CheckDomainShow",
		},
		serve: serveUserDomains,
	},
}

// tells is an operation that tells a metric.
func tells(name string, m metric) operation {
	return operation{name, m.version, m.params, m.throttled, m.serve}
}

// commonParams are the gateway's own parameters; true means mandatory. RegionId,
// OwnerId and SignatureType are accepted because Alibaba's clients send them.
var commonParams = map[string]bool{
	"Action": true, "Version": true, "AccessKeyId": true,
	"SignatureMethod": true, "SignatureVersion": true, "SignatureNonce": true,
	"Signature": true, "Timestamp": true,
	"Format": false, "SecurityToken": false, "SignatureType": false, "RegionId": false, "OwnerId": false,
}

// mandatoryParams are checked in this order, so that the answer does not depend
// on map order.
var mandatoryParams = slices.DeleteFunc(slices.Sorted(maps.Keys(commonParams)),
	func(name string) bool { return !commonParams[name] })

// ownParams leaves out the gateway's parameters, and with them every credential.
func ownParams(params map[string]string) map[string]string {
	own := maps.Clone(params)
	maps.DeleteFunc(own, func(name, _ string) bool {
		_, common := commonParams[name]
		return common
	})
	return own
}

// operation finds what is asked for. Format is settled here too: the gateway
// would answer XML by default, which no client of ours reads.
func (s *settings) operation(params map[string]string) (*operation, *Error) {
	for _, name := range mandatoryParams {
		if params[name] == "" {
			return nil, errMissing(name)
		}
	}
	if params["Format"] != formatJSON {
		return nil, errParameter("Format")
	}
	knownVersion := false
	for i, op := range catalogue {
		if op.version != params["Version"] {
			continue
		}
		knownVersion = true
		if op.name == params["Action"] && !(s.Retired && op.version == version2014) {
			return &catalogue[i], nil
		}
	}
	if !knownVersion {
		return nil, &errVersion
	}
	return nil, &errAction
}

func (op *operation) run(r *request) ([]byte, *Error) {
	for _, name := range slices.Sorted(maps.Keys(r.params)) {
		if !slices.Contains(op.params, name) {
			return nil, errParameter(name)
		}
	}
	return op.serve(r)
}
