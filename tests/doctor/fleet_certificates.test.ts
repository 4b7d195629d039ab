import { deepEqual } from "node:assert/strict";
import { certificateFindings } from "../../lib/doctor/fleet_certificates.ts";

/** From 2026-11-27 to 2026-12-27. */
const PEM = `-----BEGIN CERTIFICATE-----
MIIBUzCB+6ADAgECAhQZ0egcOAndGzYP4EAumaxV9Z9uMTAKBggqhkjOPQQDAjAA
MB4XDTI2MTEyNzEwMzQyNVoXDTI2MTIyNzEwMzQyNVowADBZMBMGByqGSM49AgEG
CCqGSM49AwEHA0IABCUNDx0AJXHzo4Uegsupon2LcgcNb9+1RBDkCA+4tKX9tvDp
u54/8KHGJ1mAN3SLDYJTmiQcaqtOcbQfZbeEOCOjUzBRMB0GA1UdDgQWBBRMbk23
adTsXT+clW1fdRdOSf3KUjAfBgNVHSMEGDAWgBRMbk23adTsXT+clW1fdRdOSf3K
UjAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIALuTaOoCLzItyZV
CznJy0tu5+F5hVP+CQ6tlSleMI/oAiBKdDZdrEu0app9MF+7gS/W2lvkChprWTmR
6P3G7gFfmg==
-----END CERTIFICATE-----`;

function said(day: string, cert = PEM): string[] {
  const settings = { ca: cert } as const;
  return certificateFindings(settings, Date.parse(day)).map(({ state, says }) =>
    `${state}: ${says}`
  );
}

Deno.test("doctor: a certificate that has ended, ends soon, or is yet to begin", () => {
  deepEqual(said("2026-12-01"), []);
  deepEqual(said("2026-12-20"), ["unknown: fleet.ca ends on 2026-12-27"]);
  deepEqual(said("2026-12-28"), ["ill: fleet.ca ended on 2026-12-27"]);
  deepEqual(said("2026-11-26"), ["ill: fleet.ca begins on 2026-11-27"]);
  deepEqual(said("2026-12-01", "nonsense"), []);
});
