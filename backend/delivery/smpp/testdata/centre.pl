# A message centre by Perl's Net::SMPP: it takes one client, prints what that asks, a line each, and tells a receipt of each text.
use strict;
use warnings;
use Net::SMPP;

$| = 1;
my $listener = Net::SMPP->new_listen('127.0.0.1', port => 0, smpp_version => 0x34) or die "listen: $!";
print 'port ', $listener->sockport, "\n";
my $client = $listener->accept or die "accept: $!";
my $taken  = 0;
while (my $pdu = $client->read_pdu) {
    my $cmd = $pdu->{cmd};
    if ($cmd == Net::SMPP::CMD_bind_transceiver) {
        print "bind $pdu->{system_id} $pdu->{password} $pdu->{system_type} $pdu->{interface_version}\n";
        $client->bind_transceiver_resp(system_id => 'Perl', seq => $pdu->{seq});
    } elsif ($cmd == Net::SMPP::CMD_submit_sm) {
        my $id = sprintf '%08X', 0xA0000 + ++$taken;
        print join(' ', 'submit', map({ "$_=$pdu->{$_}" } qw(destination_addr dest_addr_ton dest_addr_npi source_addr source_addr_ton
            source_addr_npi esm_class data_coding priority_flag registered_delivery validity_period)), 'text=' . unpack('H*', $pdu->{short_message})), "\n";
        $client->submit_sm_resp(message_id => $id, seq => $pdu->{seq});
        $client->deliver_sm(
            source_addr => $pdu->{destination_addr}, source_addr_ton => 1, source_addr_npi => 1, destination_addr => $pdu->{source_addr}, esm_class => 4,
            short_message => 'id:' . (0xA0000 + $taken) . ' sub:001 dlvrd:001 submit date:2611290900 done date:2611290901 stat:DELIVRD err:000 text:', async => 1
        ) if $pdu->{registered_delivery};
    } elsif ($cmd == Net::SMPP::CMD_deliver_sm_resp) {
        print "receipt $pdu->{status}\n";
    } elsif ($cmd == Net::SMPP::CMD_enquire_link) {
        $client->enquire_link_resp(seq => $pdu->{seq});
    } elsif ($cmd == Net::SMPP::CMD_unbind) {
        print "unbind\n";
        $client->unbind_resp(seq => $pdu->{seq});
        last;
    }
}
