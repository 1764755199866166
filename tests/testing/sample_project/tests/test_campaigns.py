"""The same emulator from unittest: each test enters its own."""

import unittest

from nightly import create

from ttd_workflows import Workflows
from ttd_workflows.emulator import Emulator


class CampaignTest(unittest.TestCase):
    def setUp(self):
        self.emulator = self.enterContext(Emulator(in_process=True, job_seconds=0.0))
        self.workflows = self.enterContext(Workflows(**self.emulator.client_arguments(), ledger=None))

    def test_a_campaign_is_made(self):
        self.assertIn(create(self.workflows, "Spring"), self.emulator.world.campaigns)

    def test_a_fault(self):
        self.emulator.faults.add("campaign.create", status=409)
        with self.assertRaisesRegex(Exception, "409"):
            create(self.workflows, "Spring")


class OneForAllTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.emulator = cls.enterClassContext(Emulator(in_process=True))

    def test_it_answers(self):
        headers = {"TTD-Auth": self.emulator.token}
        self.assertEqual(self.emulator.client.get("/standardjob/412651/status", headers=headers).status_code, 200)
