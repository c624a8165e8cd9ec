"""Compatibility: may this reader read what that writer wrote?"""
