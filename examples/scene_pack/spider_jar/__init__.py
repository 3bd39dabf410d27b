"""A scene pack for Palier: a spider in a closed jar."""
