package gatewaytest

// Number is one that stands in answers that quote the receiver's.
const Number = "+4915123456789"

// Documented are the answers that a kind's documentation has: "taken", "number" refuses the receiver's number, "account" the account or
// its secret, "message" this message, "settings" how the account is set up, "busy" asks to come again after 7 seconds. A kind leaves out
// what its API can't say.
func Documented(kind string) map[string]Answer {
	return map[string]map[string]Answer{
		"twilio": {
			"taken":    {201, `{"account_sid":"AC0123456789abcdef0123456789abcdef","body":"…","direction":"outbound-api","error_code":null,"error_message":null,"num_segments":"1","sid":"SM0123456789abcdef0123456789abcdef","status":"queued","to":"` + Number + `"}`, nil},
			"number":   {400, `{"code":21211,"message":"Invalid 'To' Phone Number: ` + Number + `","more_info":"https://www.twilio.com/docs/errors/21211","status":400}`, nil},
			"account":  {401, `{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}`, nil},
			"message":  {400, `{"code":21408,"message":"Permission to send an SMS has not been enabled for the region indicated by the 'To' number: ` + Number + `","status":400}`, nil},
			"settings": {400, `{"code":21606,"message":"The 'From' phone number provided (+15005550006) is not a valid message-capable Twilio phone number for this destination/account","status":400}`, nil},
			"busy":     {429, `{"code":20429,"message":"Too Many Requests","status":429}`, map[string]string{"Retry-After": "7"}},
		},
		"vonage": {
			"taken":    {202, `{"message_uuid":"aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"}`, nil},
			"number":   {422, `{"type":"https://developer.vonage.com/api-errors/messages#1150","title":"Invalid params","detail":"The value of one or more parameters is invalid.","instance":"bf0ca0bf927b3b52e3cb03217e1a1ddf","invalid_parameters":[{"name":"to","reason":"` + Number + ` is no number"}]}`, nil},
			"account":  {401, `{"type":"https://developer.vonage.com/api-errors/#unauthorized","title":"Unauthorized","detail":"You did not provide correct credentials.","instance":"bf0ca0bf927b3b52e3cb03217e1a1ddf"}`, nil},
			"message":  {422, `{"type":"https://developer.vonage.com/api-errors/messages#1040","title":"Invalid message","detail":"The Platform was unable to process your request, for ` + Number + `","instance":"x"}`, nil},
			"settings": {422, `{"type":"https://developer.vonage.com/api-errors/messages#1120","title":"Illegal Sender Address - rejected","detail":"Due to local regulations, the SenderID you set in from in the request was not accepted.","instance":"x"}`, nil},
			"busy":     {429, `{"type":"https://developer.vonage.com/api-errors/messages#1000","title":"Throttled","detail":"You have exceeded the submission capacity allowed on this account.","instance":"x"}`, map[string]string{"Retry-After": "7"}},
		},
		"bird": {
			"taken":   {202, `{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","channelId":"3fa85f64-5717-4562-b3fc-2c963f66afa7","direction":"outgoing","status":"accepted"}`, nil},
			"account": {401, `{"code":"Unauthorized","message":"the access key is not valid"}`, nil},
			"message": {422, `{"code":"InvalidPayload","message":"the receiver ` + Number + ` can't be reached on this channel"}`, nil},
			"busy":    {429, `{"code":"TooManyRequests","message":"slow down"}`, map[string]string{"Retry-After": "7"}},
		},
		"sinch": {
			"taken":   {201, `{"id":"01FC66621VHDBN119Z8PMV1QPU","to":["` + Number + `"],"from":"12345","canceled":false,"body":"…","type":"mt_text","created_at":"2026-06-01T10:00:00.000Z"}`, nil},
			"account": {401, `{"code":"unauthorized","text":"The request is not authorized"}`, nil},
			"message": {400, `{"code":"syntax_invalid_parameter_format","text":"` + Number + ` is no valid MSISDN"}`, nil},
			"busy":    {429, `{"code":"rate_limit","text":"Too many requests"}`, map[string]string{"Retry-After": "7"}},
		},
		"sns": {
			"taken":    {200, `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>94f20ce6-13c5-43a0-9a9e-ca52d816e90b</MessageId></PublishResult><ResponseMetadata><RequestId>f187a3c1-376f-11df-8963-01868b7c937a</RequestId></ResponseMetadata></PublishResponse>`, nil},
			"number":   {400, `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>Invalid parameter: PhoneNumber Reason: ` + Number + ` is not valid to publish to</Message></Error><RequestId>x</RequestId></ErrorResponse>`, nil},
			"account":  {403, `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match the signature you provided.</Message></Error><RequestId>x</RequestId></ErrorResponse>`, nil},
			"message":  {400, `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>InvalidParameterValue</Code><Message>The message to ` + Number + ` is not valid</Message></Error><RequestId>x</RequestId></ErrorResponse>`, nil},
			"settings": {400, `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>RequestExpired</Code><Message>Request timestamp is too old.</Message></Error><RequestId>x</RequestId></ErrorResponse>`, nil},
			"busy":     {429, `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>Throttled</Code><Message>Rate exceeded</Message></Error><RequestId>x</RequestId></ErrorResponse>`, map[string]string{"Retry-After": "7"}},
		},
		"webhook": {
			"taken":    {200, `{"id":"T-2041"}`, nil},
			"number":   {422, `{"code":"number_refused","message":"` + Number + ` is a landline"}`, nil},
			"account":  {401, `{"code":"signature","message":"the signature does not match"}`, nil},
			"message":  {422, `{"code":"not_carried","message":"not to that country: ` + Number + `"}`, nil},
			"settings": {400, `{"code":"trouble","message":"the modem is away"}`, nil},
			"busy":     {429, `{"code":"busy"}`, map[string]string{"Retry-After": "7"}},
		},
		"http": {
			"taken":    {200, `{"messages":[{"status":0,"id":"0C000000217B7F02"}]}`, nil},
			"settings": {200, `{"messages":[{"status":9,"error":"no credit for ` + Number + `"}]}`, nil},
			"account":  {401, `who are you, ` + Number, nil},
			"busy":     {429, `slow down`, map[string]string{"Retry-After": "7"}},
		},
	}[kind]
}
